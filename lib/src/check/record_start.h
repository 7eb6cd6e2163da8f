#pragma once
// Where a record begins that no newline separates from the one before it.

#include <optional>

#include "json/line_index.h"
#include "json/scanner.h"

namespace session::check {

/// Where a record may begin that ran into the one before it, when the scanner stopped at the byte `at` of
/// the input: at that byte if it is '{', or just before it where the '{' and the first quote of the new
/// record were taken for the end of a cut string. Nullopt if neither is so.
std::optional<json::Offset> record_start_near(const json::LineIndex& lines, json::Offset at, char byte);

}  // namespace session::check
