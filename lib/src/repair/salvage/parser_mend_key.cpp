// Mending a member: its key, its quotes and its colon.

#include <algorithm>

#include "repair/salvage/parser.h"

namespace session::repair {
namespace {

// A key that one of these follows lost more than its colon, or none.
constexpr ByteView k_never_behind_key(":,}\0", 4);
constexpr ByteView k_ends_key(":{}[],\n\0", 8);
constexpr ByteView k_marks_of_items = "{}[],";

}  // namespace

void SalvageParser::mend_key(std::size_t at) {
  if (skip_doubled(at) || turn_opener(at) || mend_doubled_backslash()) return;
  if (is_seam(at)) return mend_seam(at);
  trouble();
  const char c = bytes_[at];
  if (c == ',') {
    // One of two may stand in the place of a number's last digit.
    attempt_.gap = attempt_.gap || (last_end_ > begin_ && is_digit(bytes_[last_end_ - 1]));
    return skip(at + 1, Kind::bad_syntax, Harm::none);
  }
  if (c == '{' || c == '[') return place_opener_in_object(at);
  if (c == ']') {
    drop_comma();
    state_ = State::after_item;
    last_ = Last::other;
    return place_closer(at);
  }
  if (mend_known_key(at) || take_doubly_ended_key(at) || drop_keyless_value(at)) return;
  if (c == '"') {
    const StringToken token = read_string(bytes_, at, end_);
    if (token.how == StringEnd::closed && !token.flawed) {
      const ByteView key = bytes_.substr(at + 1, token.end - at - 2);
      const std::size_t next = skip_blanks(bytes_, token.end, end_);
      const bool lacks_colon = next < end_ && k_never_behind_key.find(bytes_[next]) == ByteView::npos &&
                               value_behind_colon(next) < end_ && !has_bad_utf8(at, token.end);
      const ShapeId shape = frames_.back().shape;
      const ShapeId known = lacks_colon ? shapes_.member(shape, key) : shapes_.find(shape, key);
      if (known != k_no_shape && !has_member(frames_.size() - 1, known)) {
        begin_item(at);
        frames_.back().key = known;
        attempt_.pieces.keep(pos_, token.end);
        pos_ = token.end;
        state_ = State::colon;
        return;
      }
    }
    if (token.how == StringEnd::hole) {
      begin_item(at);
      drop_item(token.end, Kind::nul_interior);
      last_ = Last::cut;
      return;
    }
  }
  begin_item(at);
  break_item(at);
}

/// A key without one of its quotes, of which it cannot be told where it ends: the container behind it goes as
/// a whole, or its closer would close another; so does any value, where the quote became a mark, which would
/// be taken for one.
bool SalvageParser::drop_keyless_value(std::size_t at) {
  const std::size_t limit = std::min(end_, at + k_longest_key);
  std::size_t colon = std::min(bytes_.substr(0, limit).find_first_of(k_ends_key, at), limit);
  const bool is_mark = colon > at + 1 && colon + 1 < limit &&
                       k_marks_of_items.find(bytes_[colon]) != ByteView::npos && bytes_[colon + 1] == ':';
  if (is_mark) ++colon;
  if (colon >= limit || bytes_[colon] != ':') return false;
  const std::size_t value = skip_blanks(bytes_, colon + 1, end_);
  if (value >= end_) return false;
  const bool is_container = bytes_[value] == '{' || bytes_[value] == '[';
  if (!is_container && !is_mark) return false;
  const std::size_t behind = is_container ? behind_value(value) : behind_scalar(value, k_any);
  const std::size_t next = skip_blanks(bytes_, behind, end_);
  if (behind == value || next >= end_ || (bytes_[next] != ',' && bytes_[next] != '}')) return false;
  begin_item(at);
  drop_item(behind, Kind::bad_syntax);
  return true;
}

/// A key that the document or its layout knows, with one of its quotes wrong, missing or doubled.
bool SalvageParser::mend_known_key(std::size_t at) {
  const std::size_t frame = frames_.size() - 1;
  const auto known = [&](std::size_t from, std::size_t to) {
    const ShapeId id = to > from && to - from < k_longest_key
                           ? shapes_.find(frames_[frame].shape, bytes_.substr(from, to - from))
                           : k_no_shape;
    return id != k_no_shape && !has_member(frame, id) ? id : k_no_shape;
  };
  const auto take = [&](std::size_t from, std::size_t to, std::size_t next, ShapeId id) {
    begin_item(at);
    frames_[frame].key = id;
    attempt_.pieces.keep(pos_, at);
    attempt_.pieces.insert("\"");
    attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
    attempt_.pieces.keep(from, to);
    attempt_.pieces.insert("\"");
    attempt_.pieces.because(to, Kind::bad_syntax, Harm::none);
    pos_ = next;
    state_ = State::colon;
    return true;
  };
  const std::size_t limit = std::min(end_, at + k_longest_key);
  const std::size_t colon = std::min(bytes_.substr(0, limit).find(':', at), limit);
  if (colon >= limit) return false;
  std::size_t to = back_over_blanks(bytes_, at, colon);
  for (std::size_t from = at; from <= at + 2 && from < to; ++from) {
    if (from > at && from == at + 2 && bytes_[at + 1] != '"') break;
    for (std::size_t stop = to; stop + 2 >= to && stop > from; --stop) {
      if (const ShapeId id = known(from, stop); id != k_no_shape) return take(from, stop, colon, id);
    }
  }
  return false;
}

/// Where the value begins if the colon before it is missing at `at`, or another byte stands there; end_ if no
/// value does.
std::size_t SalvageParser::value_behind_colon(std::size_t at) const {
  const auto is_value = [&](std::size_t value) {
    if (value >= end_) return false;
    if (bytes_[value] != '"') {
      return bytes_[value] == '{' || bytes_[value] == '[' || read_number(bytes_, value, end_) > value ||
             read_literal(bytes_, value, end_) > value;
    }
    const StringToken token = read_string(bytes_, value, end_);
    if (token.how != StringEnd::closed) return false;
    const std::size_t next = skip_blanks(bytes_, token.end, end_);
    return next < end_ && (bytes_[next] == ',' || bytes_[next] == '}');
  };
  if (is_value(at)) return at;
  const std::size_t next = skip_blanks(bytes_, at + 1, end_);
  return is_value(next) ? next : end_;
}

/// Whether the opener at `at` stands in place of a colon: what is behind it, up to the end, lies in what is
/// open without it.
bool SalvageParser::is_turned_colon(std::size_t at) {
  if (bytes_[at] != '{' && bytes_[at] != '[') return false;
  const std::size_t value = skip_blanks(bytes_, at + 1, end_);
  return value_behind_colon(value) == value && count_closers(value) && closers_.size() == frames_.size() &&
         closers_fit();
}

void SalvageParser::mend_colon(std::size_t at) {
  if (skip_doubled(at)) return;
  if (is_seam(at)) return mend_seam(at);
  trouble();
  const char c = bytes_[at];
  if (c == ',' || c == '}') {
    // More than one byte makes a key of a member, or of two strings.
    doom_seam(at);
    return drop_item(at, Kind::bad_syntax);
  }
  if (c == '"' && at + 1 < end_ && bytes_[at + 1] == ':') return skip(at + 1, Kind::bad_syntax, Harm::none);
  const std::size_t value = is_turned_colon(at) ? skip_blanks(bytes_, at + 1, end_) : value_behind_colon(at);
  if (value >= end_) return break_item(at);
  if (value != at) {
    attempt_.pieces.keep(pos_, at);
    attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
  }
  // Digits may have gone with the colon.
  const bool touches_key = value == pos_ && (bytes_[value] == '-' || is_digit(bytes_[value]));
  attempt_.gap = attempt_.gap || touches_key;
  attempt_.pieces.insert(":");
  if (value != at) pos_ = at + 1;
  state_ = State::value;
}

}  // namespace session::repair
