#pragma once
// What stands from a place up to the end of a damaged text: the closers there of what was open before, and
// whether all of it is whole. Asked of many places of one text it is read once, not once for each: what was
// found at one place tells the same of any before it that leads there.
//
// What does not belong here: what is open before the place, and what follows from the answers
// (parser.h).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session/bytes.h"

namespace session::repair {

enum class RestBegins : std::uint8_t { at_item, behind_item };

class RestReader {
 public:
  /// Reads `bytes` from `begin` on, up to `end`.
  RestReader(ByteView bytes, std::size_t begin, std::size_t end) : bytes_(bytes), begin_(begin), end_(end) {}

  /// Sets `closers` to those from `at` on that close something opened before it, innermost first. False, and
  /// none of them, if the text breaks before its end or ends with something open.
  bool count_closers(std::size_t at, std::string& closers);
  /// Whether everything from `at` on is whole as the rest of the containers that `closers` close, which
  /// count_closers() just found there.
  bool is_whole(std::size_t at, const std::string& closers, RestBegins begins);
  /// How many bytes were read for what was asked last.
  [[nodiscard]] std::size_t bytes_read() const { return bytes_read_; }

 private:
  using NodeId = std::uint32_t;
  static constexpr NodeId k_nothing = 0;                       ///< no closers follow
  static constexpr NodeId k_broken = static_cast<NodeId>(-1);  ///< what follows breaks

  /// Closers, one behind the other; what two places have in common is there once.
  struct Node {
    char closer;
    NodeId next;
  };
  /// A place behind a closer or a string, of which is known what follows.
  struct Mark {
    std::size_t at = 0;       ///< 0: none is known
    std::size_t next_at = 0;  ///< the one that follows it; 0 where none does
    NodeId closers = k_broken;
    std::optional<bool> is_whole;
  };
  /// Where a quote is lost the text reads in two ways, as what is within strings or without them.
  struct Block {
    std::array<Mark, 2> marks;  ///< the newer one first
  };
  /// What was read up to a mark: closers of what was open before, and openers that are still open.
  struct Stretch {
    std::size_t begin;
    std::string closers;
    std::string open;
  };

  [[nodiscard]] std::size_t block_of(std::size_t at) const;
  [[nodiscard]] Mark* mark_at(std::size_t at);
  void put_mark(const Mark& mark);
  bool read_stretch(Stretch& stretch, std::size_t& at, std::size_t block);
  std::vector<Stretch> read_stretches(std::size_t& at, NodeId& behind);
  [[nodiscard]] NodeId in_front_of(NodeId closers, const Stretch& stretch);
  [[nodiscard]] NodeId behind_openers(NodeId closers, const Stretch& stretch) const;
  [[nodiscard]] const Mark* next_end();
  void tell_marks(std::size_t from, std::size_t stopped, bool is_whole);

  ByteView bytes_;
  std::size_t begin_;
  std::size_t end_;
  std::vector<Block> blocks_;
  std::vector<Node> nodes_ = {Node{'\0', k_nothing}};
  std::size_t first_mark_ = 0;  ///< behind the place that was asked for last; the end where there is none
  std::size_t bytes_read_ = 0;
};

}  // namespace session::repair
