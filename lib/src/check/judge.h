#pragma once
// Judges: what drives the scanner over a document or over JSON Lines, names what it stumbles on, and goes
// on where that can be done without guessing. A judge gets its text in pieces that no character straddles,
// each valid UTF-8; the bytes that are not come by themselves.

#include <cstdint>
#include <string>

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

/// Whether more text follows a piece: of the last one nothing has to be kept, it stays at hand until the end.
enum class Follows : std::uint8_t { more, nothing };

/// What the file consists of, for the question whether it is JSON at all: its first bytes and its last.
struct Outline {
  std::string_view head;   ///< the first k_head bytes
  char last_solid = 0;     ///< the last byte that is no blank and no NUL
  bool has_solid = false;  ///< there is such a byte
  bool has_nul = false;
  std::string kept;  ///< what `head` shows, unless the only piece is at hand
  static constexpr std::size_t k_head = 4096;
  /// For the next file; the room stays.
  void reset();
  void see(const char* begin, const char* end, Follows follows);
  /// Whether the first byte that is no blank opens an object or an array.
  [[nodiscard]] bool begins_container() const;
};

/// If the text is certainly something other than JSON: what, in a word or two. Else empty.
std::string_view foreign_format(std::string_view head);
/// Whether a text that does not begin as JSON looks like the rest of some.
bool looks_like_json_tail(const Outline& outline);

/// Words for what would have been right, and where.
std::string describe(json::Expected expected, std::uint64_t depth);

}  // namespace session::check
