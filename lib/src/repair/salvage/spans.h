#pragma once
// Where a text that is read in place of the input has its bytes from.

#include <vector>

#include "session/repair.h"

namespace session::repair {

struct Span {
  std::size_t at;
  std::size_t origin;
  std::size_t length;
};

/// A text that is read in place of the input.
struct Reading {
  Bytes text;
  std::vector<Span> spans;  ///< where each piece of `text` stood in the input
};

/// What was dropped from such a text (`dropped`, ascending), where it stands in the input of `size` bytes,
/// and what of the input is in no span: that was left out because of `left_out`. `spans` ascend in both.
std::vector<DroppedRange> dropped_of_input(const std::vector<Span>& spans,
                                           const std::vector<DroppedRange>& dropped, std::size_t size,
                                           Kind left_out);

}  // namespace session::repair
