#pragma once
// What was written twice in a row: a write that was repeated, or the seam of a block from a version of the
// file in which all stands a little further on.

#include <cstddef>
#include <vector>

#include "repair/salvage/spans.h"
#include "session/bytes.h"

namespace session::repair {

/// Shorter pieces stand twice in a row by chance.
inline constexpr std::size_t k_shortest_doubled = 12;

struct Doubled {
  std::size_t at = 0;  ///< of the second one
  std::size_t length = 0;
  bool in_token = false;  ///< it begins within a string or number, as what a writer nests does not
};

/// The pieces of 12 (k_shortest_doubled) to 4096 bytes that stand twice in a row in `text`, and not more
/// often, and without which it would be read differently. None of a text beyond 1 MB, or in which there are
/// more than 16.
std::vector<Doubled> find_doubled(ByteView text);

/// The length of what stands right before `at` in `text` and once more at it, and neither before nor behind
/// that a third time: the shortest of `least` (8 or more) to `most` bytes. 0 where that is nothing.
std::size_t doubled_length(ByteView text, std::size_t at, std::size_t least, std::size_t most);

/// Where the run of bytes begins, at most `length` before `at`, in which those at `at` are again what stands
/// `length` before them.
std::size_t begin_of_run(ByteView text, std::size_t at, std::size_t length);

/// The length of the second of such pieces as find_doubled() finds, where it begins at `at`; 0 where none
/// does.
std::size_t second_writing(ByteView text, std::size_t at);

/// `text` without the second one.
Reading without(ByteView text, const Doubled& doubled);

}  // namespace session::repair
