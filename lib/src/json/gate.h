#pragma once
// The gate: simdjson's DOM parser as a judge of validity that shares no code with our scanner.

#include <string_view>

namespace session::json {

/// Whether `document` is one valid JSON document (RFC 8259, strict UTF-8, no byte order mark). What simdjson
/// refuses for limits of its own (integers beyond 64 bits, numbers beyond double, lone surrogate escapes,
/// depth) is judged with harmless values in the place of those. Documents of 4 GB and more are beyond it
/// and are refused.
bool passes_gate(std::string_view document);

}  // namespace session::json
