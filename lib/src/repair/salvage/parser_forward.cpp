// Going forward: undamaged text is left to the strict scanner, up to the last two items before the place
// where it breaks. Those are read again here, so that what mending looks back at is known in full.

#include <algorithm>
#include <span>

#include "repair/salvage/parser.h"

namespace session::repair {
namespace {

// What is left of a stretch read already is read again within a container only where that is worth it.
constexpr std::size_t k_worth_reading_again = std::size_t{64} << 10;

}  // namespace

/// Goes on from the comma at `at`, in the innermost container, as far as the text is whole. False if that is
/// not far enough to matter; nothing is changed then.
bool SalvageParser::forward(std::size_t at) {
  const Frame& frame = frames_.back();
  if (unsure_ > 0 || frame.items == 0 || frame.separated) return false;
  // Where a bracket is lost the text goes on to read well behind the place, only one level off.
  if (is_unbalanced()) return false;
  if (at < forward_to_) {
    const bool is_deeper = frames_.size() > forward_depth_ && forward_to_ - at > k_worth_reading_again;
    if (!is_deeper || !may_look_ahead()) return false;
    look_ahead() += forward_to_ - at;
  }
  WholeSink::Level base;
  base.open = frame.open;
  base.shape = frame.shape;
  base.begin = frame.begin;
  if (last_ == Last::closer) base.closed = closed_.shape;
  if (!reader_) reader_.emplace(bytes_, shapes_, options_.line_framed ? Framing::record : Framing::document);
  // In damaged text two objects may have become one.
  std::span<const ShapeId> had;
  const std::size_t members = members_.size() - frame.members;
  if (!attempt_.clean && members <= k_most_members) had = std::span(members_).last(members);
  forward_to_ = reader_->read_on(base, had, {indent_, frames_.size()}, at, end_);
  forward_depth_ = frames_.size();
  const std::vector<WholeSink::Level>& levels = reader_->sink().levels();
  // A comma stands before the item before the last: before the first one none does, except in `base`.
  std::size_t count = levels.size();
  while (count > 0 && levels[count - 1].begun < (count == 1 ? 2U : 3U)) --count;
  if (count == 0 || (count == 1 && levels[0].begun == 2)) return false;
  take_over(count);
  return true;
}

/// Takes the reader's first `count` levels over, as they were before the last item but one of the innermost.
void SalvageParser::take_over(std::size_t count) {
  const WholeSink& sink = reader_->sink();
  const std::vector<WholeSink::Level>& levels = sink.levels();
  const auto comma_before = [&](std::size_t at) {
    while (bytes_[at - 1] != ',') --at;
    return at - 1;
  };
  const WholeSink::Level& innermost = levels[count - 1];
  const std::size_t resume = comma_before(innermost.before.begin);
  const std::uint64_t values_before = attempt_.values_kept;
  attempt_.pieces.keep(pos_, resume);
  for (std::size_t i = 0; i < count; ++i) {
    const WholeSink::Level& level = levels[i];
    const bool is_innermost = i + 1 == count;
    const std::size_t whole_items = level.begun - (is_innermost ? 2 : 1);
    if (i > 0) {
      Frame opened;
      opened.open = level.open;
      opened.shape = level.shape;
      opened.begin = level.begin;
      opened.members = members_.size();
      frames_.push_back(opened);
    }
    Frame& frame = frames_.back();
    frame.items += whole_items;
    if (level.open == '{') {
      const auto members = sink.members().begin() + static_cast<std::ptrdiff_t>(level.members);
      members_.insert(members_.end(), members, members + static_cast<std::ptrdiff_t>(whole_items));
    }
    frame.separated = false;
    if (is_innermost) continue;
    frame.key = level.key;
    frame.separated = i == 0 || level.begun > 1;
    frame.item.begin = frame.separated ? comma_before(level.item.begin) : level.item.begin;
    frame.item.mark = attempt_.pieces.mark_at(frame.separated ? frame.item.begin : level.begin + 1);
    frame.item.values = values_before + level.item.values;
  }
  attempt_.values_kept = values_before + innermost.before.values;
  pos_ = resume;
  state_ = State::after_item;
  last_ = Last::other;
  closed_.shape = k_no_shape;
}

}  // namespace session::repair
