// Seams: where the beginning of one message and the end of another meet without a hole between them. What
// shows them, and what of both goes, so that nothing is made of two.

#include <algorithm>
#include <cctype>

#include "repair/salvage/opener.h"
#include "repair/salvage/parser.h"

namespace session::repair {

/// Whether the innermost object of damaged text has a member `key` already: two objects may have become one.
bool SalvageParser::is_repeated(ByteView key) const {
  if (attempt_.clean || members_.size() - frames_.back().members > k_most_members) return false;
  const ShapeId known = shapes_.find(frames_.back().shape, key);
  return known != k_no_shape && (known == frames_.back().lost_key || has_member(frames_.size() - 1, known));
}

/// Whether the object whose rest stands at `at` has a key that the open one number `frame` has already.
bool SalvageParser::is_repeated_behind(std::size_t at, std::size_t frame) {
  std::vector<Glimpse> seen(1);
  look_through(at, std::min(end_, at + k_usual_block), seen);
  return std::ranges::any_of(seen.front().keys, [&](ByteView key) {
    const ShapeId known = shapes_.find(frames_[frame].shape, key);
    return known != k_no_shape && has_member(frame, known);
  });
}

/// The innermost object is the beginning of one and the end of another: what is left of it goes.
void SalvageParser::cut_fused() {
  drop_comma();
  const std::size_t closer = behind_closers(bytes_, pos_, 1, end_);
  skip(closer == end_ || bytes_[closer - 1] != '}' ? closer : closer - 1, Kind::bad_syntax, Harm::loss);
  state_ = State::after_item;
  last_ = Last::other;
}

/// The key at `at` is that of the member right before it, in which something was wrong: it was begun, and
/// written again. What was begun goes.
bool SalvageParser::drop_first_writing(std::size_t at) {
  Frame& frame = frames_.back();
  const bool is_of_last = frame.items > 0 && shapes_.find(frame.shape, key_at(at)) == members_.back();
  if (!is_of_last || frame.damaged || options_.line_framed || troubled_ < frame.last.begin) return false;
  drop_comma();
  drop_last(at);
  frame.lost_key = k_no_shape;
  insert_comma();
  return true;
}

/// Whether what breaks at `at` in an object, up to `resume`, is more than one byte can have made of a member.
bool SalvageParser::is_seam_in_item(std::size_t at, std::size_t resume) const {
  if (state_ == State::key && bytes_[at] == '"') {
    // A key without a value: the end of one string and the beginning of another.
    const StringToken token = read_string(bytes_, at, end_);
    const std::size_t next = skip_blanks(bytes_, token.end, end_);
    if (token.how != StringEnd::closed || next >= end_ || bytes_[next] == ':') return false;
    if (bytes_[next] == ',' || bytes_[next] == '}') return true;
    // What stands between two strings, between quotes that are not those of one; but a record may begin
    // there.
    const ByteView text = bytes_.substr(at, token.end - at);
    const bool is_between = text.find_first_of(",{}[]") != ByteView::npos && text.find(':') == ByteView::npos;
    const bool is_record = options_.line_framed && text[text.size() - 2] == '{';
    return is_between && !is_record && std::isalpha(static_cast<unsigned char>(bytes_[next])) != 0;
  }
  // A number that goes on as the end of a string, where no string has stood.
  const bool behind_number = state_ == State::after_item && last_ == Last::scalar && frames_.back().items > 0;
  const bool is_number = behind_number || (state_ == State::value && is_digit(bytes_[at - 1]));
  const TypeSet seen =
      behind_number ? shapes_.seen_before(members_.back(), last_begin_) : shapes_.seen(frames_.back().key);
  return is_number && (seen & ~k_number) == 0 && seen != 0 &&
         bytes_.substr(at, resume - at).find('"') != ByteView::npos;
}

/// Bytes are missing before `at`, nobody knows how many, and with them perhaps the end of one element or
/// record and the beginning of another: the outermost that is not large beside what is usually lost goes.
void SalvageParser::doom_seam(std::size_t at) {
  const bool is_record = options_.line_framed && !is_small_in(frames_.front(), at, k_usual_loss);
  if (is_record) frames_.front().doomed = true;
  for (std::size_t i = depth_of_element(); i < frames_.size(); ++i) {
    if (frames_[i].open != '{' || is_small_in(frames_[i], at, k_usual_loss)) continue;
    frames_[i].doomed = true;
    return;
  }
}

/// Whether the element kept last lacks a member that others like it have.
bool SalvageParser::is_last_incomplete() const {
  const ShapeId element = shapes_.find_element(frames_.back().shape);
  if (last_ != Last::closer || closed_.open != '{' || closed_.shape != element || frames_.back().items == 0)
    return false;
  ShapeId member = shapes_.instances(element) > 1 ? shapes_.first_member(element) : k_no_shape;
  for (std::size_t i = 0; i < k_telling_keys && member != k_no_shape;
       ++i, member = shapes_.next_member(member)) {
    if (std::find(closed_members_.begin(), closed_members_.end(), member) == closed_members_.end())
      return true;
  }
  return false;
}

/// Whether an object that begins with `key` looks like those in an array of such objects as `holder`, and
/// unlike them.
bool SalvageParser::is_of_inner(ShapeId holder, ByteView key) const {
  ShapeId member = shapes_.first_member(holder);
  if (shapes_.key(member) == key) return false;
  for (std::size_t i = 0; i < k_telling_keys && member != k_no_shape;
       ++i, member = shapes_.next_member(member)) {
    const ShapeId first = shapes_.first_member(shapes_.find_element(member));
    if (first != k_no_shape && shapes_.key(first) == key) return true;
  }
  return false;
}

/// The openers of containers in the element kept last went with a part of it, and what closed them seems to
/// close others: what stands at `at` belongs to the inner ones by its key, the closers up to the end say so
/// too. All of that element goes.
bool SalvageParser::drop_split_element(std::size_t at) {
  if (!in_array() || options_.line_framed || end_ - begin_ > k_looked_at_closely || !is_last_incomplete())
    return false;
  const bool is_closer = bytes_[at] == ']';
  const std::size_t behind = is_closer ? skip_blanks(bytes_, at + 1, end_) : at;
  if (behind >= end_ || bytes_[behind] != (is_closer ? ',' : '{')) return false;
  const std::size_t quote = skip_blanks(bytes_, behind + 1, end_);
  const ByteView key = quote < end_ && bytes_[quote] == '"' ? key_at(quote) : ByteView();
  const ShapeId known = shapes_.find(closed_.shape, key);
  const bool is_missing =
      std::find(closed_members_.begin(), closed_members_.end(), known) == closed_members_.end();
  if (key.empty() || (is_closer ? known == k_no_shape || !is_missing : !is_of_inner(closed_.shape, key)))
    return false;
  const bool is_told = is_whole_rest(at, is_closer ? RestBegins::behind_item : RestBegins::at_item);
  if (!is_told || closers_.size() < frames_.size() + 2 || !closers_fit()) return false;
  const std::size_t resume = behind_closers(bytes_, at, closers_.size() - frames_.size(), end_);
  Frame& frame = frames_.back();
  if (frame.separated) attempt_.pieces.rollback(frame.item.mark);
  frame.item = frame.last;
  --frame.items;
  ++attempt_.records_dropped;
  drop_item(resume, Kind::bad_syntax);
  return true;
}

}  // namespace session::repair
