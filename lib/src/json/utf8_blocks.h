#pragma once
// Whether a whole text is UTF-8 (RFC 3629), with the widest instructions that are worth it: by three tables
// of half bytes, as in Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021).

namespace session::json {

/// Whether [p, end) is valid UTF-8, with no character cut at either end.
bool is_valid_utf8(const char* p, const char* end);

/// Loads what the first call would wait for.
void prepare_utf8();

}  // namespace session::json
