#pragma once
// What must hold of any bytes whatever; the fuzz targets and their replay in the test suite share it.

#include <string_view>

namespace session::fuzz {

/// Diagnosis is total, the same however the input is cut, agrees with two independent parsers
/// (simdjson, nlohmann-json) on what is valid, and points into the input. Returns an explanation of what does
/// not hold, or null.
const char* diagnosis_holds(std::string_view bytes);

}  // namespace session::fuzz
