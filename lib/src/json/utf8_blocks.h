#pragma once
// Whether a whole text is UTF-8, with the widest instructions that are worth it.

namespace session::json {

/// Whether [p, end) is valid UTF-8, with no character cut at either end.
bool is_valid_utf8(const char* p, const char* end);

/// Loads what the first call would wait for.
void prepare_utf8();

}  // namespace session::json
