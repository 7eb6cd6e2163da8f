// Depth: where nothing more is broken behind a break, the closers up to the end say how many containers are
// open there, and of which kind, whatever they hold. That finds the opener or closer that was lost, and takes
// up arrays of numbers and objects of unknown keys, in which no key tells where the text belongs.

#include <algorithm>

#include "repair/salvage_parser.h"

namespace session::repair {
/// Whether the outermost of the open containers are those that closers_ close: as many as there are of both.
bool SalvageParser::closers_fit() const {
  const std::size_t common = std::min(frames_.size(), closers_.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (closers_[closers_.size() - 1 - i] != closer_of(frames_[i].open)) return false;
  }
  return true;
}

/// Behind a break, at pos_: closes the container that lost its closer in it, and leaves those that lost their
/// openers. Where more closers are missing it was not here.
void SalvageParser::settle_depth() {
  if (pos_ >= end_ || !is_whole_rest(pos_) || !closers_fit()) return;
  if (closers_.size() + 1 == frames_.size()) return close_to(closers_.size());
  if (closers_.size() > frames_.size()) resync(pos_, Kind::bad_syntax);
}

/// Whether the rest from `from` on lies in one container more than are open, which begins there.
bool SalvageParser::lost_opener(std::size_t from) {
  return is_whole_rest(from, RestBegins::at_item) && closers_.size() == frames_.size() + 1 && closers_fit();
}

/// One byte, at `at`, stands where the opener of the value to be read did.
bool SalvageParser::replace_opener(std::size_t at) {
  if (!lost_opener(at + 1)) return false;
  attempt_.pieces.keep(pos_, at);
  attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
  open_lost(at + 1);
  return true;
}

/// The string read last is followed by a colon: it is a key, whose object's opener is missing before it.
bool SalvageParser::insert_opener() {
  if (last_ != Last::string || frames_.back().items == 0 ||
      !attempt_.pieces.ends_with(last_begin_, last_end_))
    return false;
  if (!lost_opener(last_begin_) || closers_.front() != '}') return false;
  attempt_.pieces.rollback(attempt_.pieces.mark_at(last_begin_));
  drop_last_scalar();
  --attempt_.values_kept;
  open_lost(last_begin_);
  return true;
}

/// Opens the container that the first of closers_ closes, whose contents begin at `contents`.
void SalvageParser::open_lost(std::size_t contents) {
  trouble();
  Frame frame;
  frame.open = closers_.front() == '}' ? '{' : '[';
  frame.shape = in_object() ? frames_.back().key : shapes_.element(frames_.back().shape);
  frame.begin = contents;
  frame.members = members_.size();
  attempt_.pieces.insert(frame.open == '{' ? "{" : "[");
  frame.item.mark = attempt_.pieces.mark();
  frame.item.begin = contents;
  frame.item.values = attempt_.values_kept;
  frames_.push_back(frame);
  pos_ = contents;
  last_ = Last::other;
  state_ = frame.open == '{' ? State::key : State::value;
}

/// How many containers are open down to the element of the outermost array, or the member of the outermost
/// map, that is being read: what lies on both sides of a hole in it may be two elements'. All where there is
/// none.
std::size_t SalvageParser::depth_of_element() const {
  for (std::size_t i = 0; i + 1 < frames_.size(); ++i) {
    if (frames_[i].open == '[') return i + 1;
    const ShapeId first = shapes_.first_member(frames_[i + 1].shape);
    if (first != k_no_shape && shapes_.is_map_of(frames_[i].shape, shapes_.key(first))) return i + 1;
  }
  return frames_.size();
}

/// Whether a hole lies in the element that is being read: it is much smaller than that, or than those like
/// it.
bool SalvageParser::is_small_hole(std::size_t hole_begin, std::size_t hole_length) const {
  const std::size_t depth = depth_of_element();
  return depth >= frames_.size() || is_small_in(frames_[depth], hole_begin, hole_length);
}

bool SalvageParser::is_small_in(const Frame& element, std::size_t hole_begin, std::size_t hole_length) const {
  const std::uint32_t siblings = shapes_.instances(element.shape);
  const std::uint64_t usual = siblings > 0 ? shapes_.instance_bytes(element.shape) / siblings : 0;
  const std::uint64_t so_far = hole_begin > element.begin ? hole_begin - element.begin : 0;
  return std::max(usual, so_far) >= k_small_hole * hole_length;
}

/// What lies on both sides of a hole in an element may belong to two different ones: it goes, unless the hole
/// is too small beside it.
void SalvageParser::doom(std::size_t hole_begin, std::size_t hole_length) {
  if (!is_small_hole(hole_begin, hole_length)) frames_[depth_of_element()].doomed = true;
  doom_record(hole_begin, hole_length);
}

/// NULs may stand for the end of one record and the beginning of another.
void SalvageParser::doom_record(std::size_t hole_begin, std::size_t hole_length) {
  const bool is_record = options_.line_framed && !frames_.empty();
  if (is_record && bytes_.substr(hole_begin, hole_length).find(k_hole) != ByteView::npos &&
      !is_small_in(frames_.front(), hole_begin, hole_length)) {
    frames_.front().doomed = true;
  }
}

}  // namespace session::repair
