#pragma once
// How a document was meant in which one byte went wrong: of the changes of one byte that make it whole the
// one after which it is most like itself. A value in which the byte may lie goes: nobody knows what it was.

#include <optional>

#include "repair/mend/one_byte.h"
#include "repair/salvage/shapes.h"
#include "repair/salvage/spans.h"
#include "session/bytes.h"

namespace session::repair {

struct ByteReading {
  Reading reading;
  ByteChange change;
  std::size_t broken_at = 0;     ///< where the text breaks
  std::size_t inserted = 0;      ///< bytes that are not of the input
  std::size_t values = 0;        ///< those that went, about
  std::uint64_t unlikeness = 0;  ///< of the text before a value went
  /// How seldom a byte goes wrong there: mostly a text breaks where it does.
  std::uint64_t distance_cost = 0;
};

/// nullopt where no change of one byte makes `text` whole, or it is only cut or too large.
std::optional<ByteReading> read_with_one_byte(ByteView text, const Shapes& layout);

}  // namespace session::repair
