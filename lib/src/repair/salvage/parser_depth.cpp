// Depth: where nothing more is broken behind a break, the closers up to the end say how many containers are
// open there, and of which kind, whatever they hold. That finds the opener or closer that was lost, and takes
// up arrays of numbers and objects of unknown keys, in which no key tells where the text belongs.

#include <algorithm>
#include <span>
#include <utility>

#include "repair/salvage/opener.h"
#include "repair/salvage/parser.h"
#include "repair/salvage/restart.h"

namespace session::repair {
namespace {

// What none of so many has none of them has.
constexpr std::uint32_t k_many_siblings = 32;

}  // namespace

/// Whether the outermost of the open containers are those that closers_ close: as many as there are of both.
bool SalvageParser::closers_fit() const {
  const std::size_t common = std::min(frames_.size(), closers_.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (closers_[closers_.size() - 1 - i] != closer_of(frames_[i].open)) return false;
  }
  return true;
}

/// Whether closers_, those from `at` on, may be those of the innermost open containers, with the end of the
/// text cut off: of the right kind, and nothing before them that those cannot hold.
bool SalvageParser::is_cut(std::size_t at) {
  if (closers_.size() >= frames_.size()) return false;
  for (std::size_t i = 0; i < closers_.size(); ++i) {
    if (closers_[i] != closer_of(frames_[frames_.size() - 1 - i].open)) return false;
  }
  std::vector<Glimpse> behind(closers_.size());
  look_through(at, end_, behind);
  for (std::size_t i = 0; i < behind.size(); ++i) {
    if (cannot_hold(frames_.size() - 1 - i, behind[i])) return false;
  }
  return !is_fused(behind.front());
}

/// Whether the innermost object, whose rest is `behind` if nothing but the end of the text is missing, seems
/// to be the beginning of one and the end of another.
bool SalvageParser::is_fused(const Glimpse& behind) const {
  // A document that was only cut is whole up to there.
  const Frame& object = frames_.back();
  const std::uint32_t enough = attempt_.clean ? k_many_siblings : k_enough_siblings;
  if (object.open != '{' || behind.keys.empty()) return false;
  const auto is_new = [&](ByteView key) { return shapes_.find(object.shape, key) == k_no_shape; };
  if (!is_new(behind.keys.front())) return false;
  if (shapes_.instances(object.shape) >= enough && std::ranges::all_of(behind.keys, is_new)) return true;
  // Half of a key is one that stands nowhere else.
  return frames_.size() > closers_.size() + 1 &&
         std::ranges::any_of(std::span(members_)
                                 .subspan(object.members)
                                 .first(std::min(members_.size() - object.members, k_telling_keys)),
                             [&](ShapeId member) { return shapes_.is_only(member); });
}

/// Whether the open container number `frame` has a key already that stands in `behind`, or is a map of
/// objects and `behind` is none.
bool SalvageParser::cannot_hold(std::size_t frame, const Glimpse& behind) const {
  const Frame& container = frames_[frame];
  if (container.open != '{') return false;
  const ShapeId first = shapes_.first_member(shapes_.first_member(container.shape));
  const bool is_map = first != k_no_shape && shapes_.is_map_of(container.shape, shapes_.key(first));
  if (is_map && container.types == k_object && (behind.types & ~k_object) != 0) return true;
  return std::ranges::any_of(behind.keys, [&](ByteView key) {
    const ShapeId member = shapes_.find(container.shape, key);
    return shapes_.is_misplaced(container.shape, key) || (member != k_no_shape && has_member(frame, member));
  });
}

/// Whether what stands from `at` on in the innermost object, a member of a map, is so much like the other
/// members of that map, and so little like what those hold, that it is more of them.
bool SalvageParser::goes_on_as_map(std::size_t at) {
  std::vector<Glimpse> rest(1);
  look_through(at, end_, rest);
  const std::vector<std::size_t>& objects = rest.front().wholes;
  const ShapeId own = frames_.back().shape;
  const ByteView first = shapes_.key(shapes_.first_member(own));
  if (rest.front().types != k_object || objects.size() < k_enough_siblings) return false;
  // What the members hold may begin as they do: its second key tells.
  const auto is_like = [&](std::size_t object) {
    const std::vector<ByteView> keys = keys_of(bytes_, object, end_);
    return !keys.empty() && keys[0] == first &&
           (keys.size() == 1 || shapes_.find(own, keys[1]) != k_no_shape);
  };
  const auto is_like_shape = [&](ShapeId shape) {
    const ShapeId begins = shapes_.first_member(shape);
    const ShapeId second = shapes_.next_member(begins);
    return shapes_.key(begins) == first &&
           (second == k_no_shape || shapes_.find(own, shapes_.key(second)) != k_no_shape);
  };
  if (!std::ranges::all_of(objects, is_like)) return false;
  std::uint32_t siblings = 0;
  ShapeId sibling = shapes_.first_member(shapes_.parent(own));
  for (std::size_t i = 0; i < k_telling_keys && sibling != k_no_shape;
       ++i, sibling = shapes_.next_member(sibling)) {
    if (sibling == own) continue;
    for (ShapeId member = shapes_.first_member(sibling); member != k_no_shape;
         member = shapes_.next_member(member)) {
      if (is_like_shape(member)) return false;
    }
    if (is_like_shape(sibling)) ++siblings;
  }
  return siblings >= k_enough_siblings;
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

/// Whether `open` and the text in [begin, end) are one whole value.
bool SalvageParser::is_whole_behind(char open, std::size_t begin, std::size_t end) const {
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  scanner.feed(&open, &open + 1, 0);
  scanner.feed(bytes_.data() + begin, bytes_.data() + end, 0);
  return scanner.progress() == json::Progress::complete;
}

/// Where the text breaks again behind it: whether the value of the member to be read begins at `contents`,
/// without its opener: with a key, or as a whole array. Sets closers_ to its closer.
bool SalvageParser::is_opened_by_contents(std::size_t contents) {
  if (!in_object() || options_.line_framed || is_whole_rest(contents)) return false;
  const std::size_t item = skip_blanks(bytes_, contents, end_);
  if (item >= end_ || !may_look_ahead()) return false;
  const std::size_t behind = behind_closers(bytes_, item, 1, end_);
  look_ahead() += behind - item;
  const char closer = bytes_[behind - 1];
  const char open = opener_of_contents(bytes_, item, closer, end_);
  if (open == '\0' || closer != closer_of(open)) return false;
  if (open == '[' && !is_whole_behind(open, item, behind)) return false;
  std::size_t next = skip_blanks(bytes_, behind, end_);
  const bool has_comma = next < end_ && bytes_[next] == ',';
  if (has_comma) next = skip_blanks(bytes_, next + 1, end_);
  if (next >= end_ || (has_comma ? key_at(next).empty() : bytes_[next] != '}')) return false;
  closers_ = closer;
  return true;
}

/// One byte, at `at`, stands where the opener of the value to be read did.
bool SalvageParser::replace_opener(std::size_t at) {
  if (!lost_opener(at + 1) && !is_opened_by_contents(at + 1)) return false;
  attempt_.pieces.keep(pos_, at);
  attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
  open_lost(at + 1);
  return true;
}

/// Whether the member read last may be an object that begins with `key`: as far as layout and document have
/// shown, and not half a string before half a key.
bool SalvageParser::may_be_object(ByteView key) const {
  const ShapeId member = members_.back();
  if (member == k_no_shape || (shapes_.types(member) & k_object) == 0) return false;
  if (shapes_.first_member(member) != k_no_shape) return shapes_.find(member, key) != k_no_shape;
  return shapes_.instances(frames_.back().shape) == 0;
}

/// The string read last is followed by a colon: it is a key, whose object's opener is missing before it.
bool SalvageParser::insert_opener() {
  if (last_ != Last::string || frames_.back().items == 0 ||
      !attempt_.pieces.ends_with(last_begin_, last_end_))
    return false;
  if (!lost_opener(last_begin_) || closers_.front() != '}') return false;
  if (!may_be_object(bytes_.substr(last_begin_ + 1, last_end_ - last_begin_ - 2))) return false;
  attempt_.pieces.rollback(attempt_.pieces.mark_at(last_begin_));
  drop_last_scalar();
  --attempt_.values_kept;
  open_lost(last_begin_);
  return true;
}

/// The closer read last stands in place of a comma: what follows it, up to the end, lies in one container
/// more than are open, of the kind that it ended.
bool SalvageParser::replace_comma(std::size_t at) {
  if (last_ != Last::closer || closed_.shape == k_no_shape || skip_blanks(bytes_, last_end_, end_) != at)
    return false;
  // It may as well be a digit's.
  if (bytes_[at] != '"' && bytes_[at] != '{' && bytes_[at] != '[') return false;
  const ByteView key = bytes_[at] == '"' ? key_at(at) : ByteView();
  if (key.empty() == (closed_.open == '{')) return false;
  const ShapeId member = shapes_.find(closed_.shape, key);
  if (std::ranges::find(closed_members_, member) != closed_members_.end()) return false;
  if (!lost_opener(at) || closers_.front() != closer_of(closed_.open) || !reopen(at)) return false;
  insert_comma();
  return true;
}

/// Opens the container that the first of closers_ closes, whose contents begin at `contents`.
void SalvageParser::open_lost(std::size_t contents) {
  trouble();
  const char open = closers_.front() == '}' ? '{' : '[';
  const ShapeId shape = in_object() ? frames_.back().key : shapes_.element(frames_.back().shape);
  attempt_.pieces.insert(open == '{' ? "{" : "[");
  push_frame(open, shape, contents, contents);
  pos_ = contents;
  last_ = Last::other;
}

/// Opens the document in place of the byte at pos_.
void SalvageParser::open_root(char open) {
  trouble();
  attempt_.pieces.because(pos_, Kind::bad_syntax, Harm::none);
  attempt_.pieces.insert(open == '{' ? "{" : "[");
  push_frame(open, k_root_shape, pos_, pos_ + 1);
  ++pos_;
}

/// Whether the closer of the innermost container, whose contents begin at `at`, is that of `open`.
bool SalvageParser::is_closed_as(char open, std::size_t at) {
  const auto fits = [&] {
    const char was = std::exchange(frames_.back().open, open);
    const bool fit = closers_fit();
    frames_.back().open = was;
    return fit;
  };
  if (is_whole_rest(at, RestBegins::at_item)) return closers_.size() == frames_.size() && fits();
  // Where the text breaks again what follows must be what can stand there.
  const std::size_t behind = behind_value(frames_.back().begin);
  if (bytes_[behind - 1] != closer_of(open)) return false;
  const std::size_t next = skip_blanks(bytes_, behind, end_);
  if (frames_.size() == 1) return skip_nuls(bytes_, next, end_) >= end_;
  const Frame& parent = frames_[frames_.size() - 2];
  if (next >= end_) return false;
  if (parent.open == '[') return parent.types == (open == '{' ? k_object : k_array);
  if (bytes_[next] != ',') return bytes_[next] == '}';
  const std::size_t key = skip_blanks(bytes_, next + 1, end_);
  return key < end_ && bytes_[key] == '"' && !key_at(key).empty();
}

/// The closer read last stands where an element of its array was due, and what follows it is the contents of
/// one: it stands in place of an opener.
bool SalvageParser::replace_closer(std::size_t at) {
  if (last_ != Last::closer || closed_.open != '[' || closed_.shape == k_no_shape || closed_.doomed)
    return false;
  if (skip_blanks(bytes_, last_end_, end_) != at || bytes_[last_end_ - 1] != ']') return false;
  const char before = before_blanks(bytes_, begin_, last_end_ - 1);
  if ((before != '[' && before != ',') || !is_whole_rest(at, RestBegins::at_item)) return false;
  if (closers_.size() != frames_.size() + 2 || closers_[1] != ']' || !closers_fit() || !reopen(at))
    return false;
  if (frames_.back().items > 0) insert_comma();
  begin_item(at);
  open_lost(at);
  return true;
}

/// Whether the opener at `at`, behind an item, stands in place of the closer of the innermost container.
bool SalvageParser::is_turned_closer(std::size_t at) {
  if (bytes_[at] != '{' && bytes_[at] != '[') return false;
  return is_whole_rest(at + 1, RestBegins::behind_item) && closers_.size() + 1 == frames_.size() &&
         closers_fit();
}

/// What stands first in the innermost container, at `at`, is what only one of the other kind begins with, and
/// so is its closer: one byte turned the opener.
bool SalvageParser::turn_opener(std::size_t at) {
  Frame& frame = frames_.back();
  if (frame.items > 0 || frame.imagined || skip_blanks(bytes_, frame.begin + 1, end_) != at) return false;
  const char open = frame.open == '{' ? '[' : '{';
  if (bytes_[frame.begin] != frame.open) return false;
  if (opener_of_contents(bytes_, at, closer_of(open), end_) != open || !is_closed_as(open, at)) return false;
  trouble();
  attempt_.pieces.rollback(attempt_.pieces.mark_at(frame.begin));
  attempt_.pieces.because(frame.begin, Kind::bad_syntax, Harm::none);
  attempt_.pieces.insert(open == '{' ? "{" : "[");
  frame.open = open;
  pos_ = frame.begin + 1;
  frame.item.mark = attempt_.pieces.mark();
  state_ = open == '{' ? State::key : State::value;
  return true;
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
