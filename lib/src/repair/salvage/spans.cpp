#include "repair/salvage/spans.h"

#include <algorithm>

namespace session::repair {

std::vector<DroppedRange> dropped_of_input(const std::vector<Span>& spans,
                                           const std::vector<DroppedRange>& dropped, std::size_t size,
                                           Kind left_out) {
  std::vector<DroppedRange> ranges;
  std::size_t at = 0;
  for (const Span& span : spans) {
    if (span.origin > at) ranges.push_back({at, span.origin - at, left_out, true});
    at = span.origin + span.length;
    for (const DroppedRange& range : dropped) {
      const std::uint64_t from = std::max<std::uint64_t>(range.offset, span.at);
      const std::uint64_t to = std::min<std::uint64_t>(range.offset + range.length, span.at + span.length);
      if (from < to) ranges.push_back({span.origin + (from - span.at), to - from, range.because, range.lost});
    }
  }
  if (at < size) ranges.push_back({at, size - at, left_out, true});
  return ranges;
}

}  // namespace session::repair
