#pragma once
// The marks that a merge leaves between two versions of a text.

#include <cstdint>

#include "json/line_index.h"
#include "json/scanner.h"

namespace session::check {

/// Recognises a line of seven equal bytes of `<`, `|`, `=` or `>`, as version control systems put around the
/// sides of a conflict.
class MarkerLine {
 public:
  enum class Answer : std::uint8_t { more, yes, no };
  static bool may_begin(char byte) { return byte == '<' || byte == '|' || byte == '=' || byte == '>'; }
  void begin(json::Offset offset, json::Position position) { *this = {offset, position, 0, 0}; }
  /// Takes the line's next byte.
  Answer take(char byte);
  [[nodiscard]] char side() const { return byte_; }
  [[nodiscard]] json::Offset offset() const { return offset_; }
  [[nodiscard]] json::Position position() const { return position_; }

  MarkerLine() = default;

 private:
  MarkerLine(json::Offset offset, json::Position position, char byte, int count)
      : offset_(offset), position_(position), byte_(byte), count_(count) {}
  json::Offset offset_ = 0;
  json::Position position_;
  char byte_ = 0;
  int count_ = 0;
};

}  // namespace session::check
