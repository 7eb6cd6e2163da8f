#pragma once
// Lines and columns of a stream, counted piece by piece. Lines end at 0x0A and nowhere else; a column counts
// characters, where a byte that is no part of a valid character counts as one.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace session::json {

struct Position {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
  friend bool operator==(const Position&, const Position&) = default;
};

/// What is known of a piece: valid UTF-8 is quicker to count.
enum class Text : std::uint8_t { any, valid };

class LineIndex {
 public:
  /// How far behind the current piece at() still knows positions.
  static constexpr std::size_t k_window = 64;

  void reset();
  /// The text from `offset` on is [begin, end) now. The last piece's end must be `offset`,
  /// and no character may be cut by it.
  void begin_piece(const char* begin, const char* end, std::uint64_t offset);
  /// All of the piece is valid UTF-8.
  void call_valid() { text_ = Text::valid; }
  void end_piece();

  /// Between pieces: the last one goes on with `count` more of the characters of one byte that it ends in, at
  /// least k_window of which it had.
  void pass_characters(std::uint64_t count);

  /// What may have to be placed long after it was read.
  enum class Pin : std::uint8_t { token, surrogate };
  /// Keeps the position of `offset` until the next call with this `pin`, however far behind it falls.
  void pin(std::uint64_t offset, Pin pin = Pin::token);

  /// Up to `count` bytes before `offset`, as far as they are known (k_window of them are).
  [[nodiscard]] std::string text_before(std::uint64_t offset, std::size_t count) const;

  /// The position of byte `offset`, from k_window bytes before the piece to its end; of what is
  /// older only the pinned one is known.
  [[nodiscard]] Position at(std::uint64_t offset);

 private:
  /// Questions within a piece go back and forth: none counts more than so many bytes again.
  static constexpr std::uint64_t k_stride = 4096;
  struct Mark {
    std::uint64_t offset = 0;
    Position position;
  };
  void go_near(std::uint64_t offset);
  /// Moves known_position_ to `offset`, or to the character that it stands in.
  Position count_to(std::uint64_t offset);
  /// Moves `position` over [begin, end) of a text that goes on to `limit`; stops before a character that
  /// `end` cuts off and returns where.
  static const char* advance(Position& position, const char* begin, const char* end, const char* limit,
                             Text text);

  Position window_position_;  ///< of the window's first byte
  std::uint64_t window_offset_ = 0;
  std::string window_;  ///< the last bytes before the piece
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  std::uint64_t offset_ = 0;
  Text text_ = Text::any;  ///< what the piece is
  // Where the last question in this piece was answered: most ascend.
  Position known_position_;
  std::uint64_t known_offset_ = 0;
  std::vector<Mark> marks_;     ///< every k_stride bytes of the piece, as far as was counted
  std::array<Mark, 2> pinned_;  ///< by Pin; 0 is the position of line 1, column 1 at any time
};

}  // namespace session::json
