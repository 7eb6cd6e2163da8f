#pragma once
// Judges: what drives the scanner over a document or over JSON Lines, names what it stumbles on, and goes
// on where that can be done without guessing. A judge gets its text in pieces that no character straddles,
// each valid UTF-8; the bytes that are not come by themselves.

#include <cstdint>
#include <string>

#include "check/outline.h"
#include "check/record_sink.h"
#include "check/report.h"
#include "json/scanner.h"

namespace session::check {

using json::Offset;

/// A run of NUL bytes whose kind depends on what comes behind it.
struct NulRun {
  Offset begin = 0;
  Offset end = 0;
  json::Position position;
  bool at_front = false;  ///< nothing but blanks before it
  [[nodiscard]] bool pending() const { return end != 0; }
};

/// Words for what would have been right, and where.
std::string describe(json::Expected expected, std::uint64_t depth);

}  // namespace session::check
