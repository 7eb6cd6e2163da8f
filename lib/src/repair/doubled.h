#pragma once
// What was written twice in a row: a write that was repeated, or the seam of a block from a version of the
// file in which all stands a little further on.

#include <cstddef>
#include <functional>
#include <optional>

#include "session/bytes.h"

namespace session::repair {

struct Doubled {
  std::size_t at = 0;  ///< of the second one
  std::size_t length = 0;
};

/// The piece of [begin, end) without whose second writing `is_whole` says that nothing is wrong with the
/// text; none where that is so of several. Only looked for in texts that are not large.
std::optional<Doubled> find_doubled(ByteView bytes, std::size_t begin, std::size_t end,
                                    const std::function<bool(ByteView)>& is_whole);

/// The length of what stands right before `at`, and once more at it; 0 where that is nothing, or too little
/// to be more than chance.
std::size_t doubled_length(ByteView bytes, std::size_t begin, std::size_t at, std::size_t end);

}  // namespace session::repair
