#include "repair/salvage/parser.h"

#include <algorithm>

#include "repair/salvage/opener.h"

namespace session::repair {
namespace {

// Deeper documents exist (they are valid at any depth), but no session is; each level costs memory here.
constexpr std::size_t k_max_depth = 1U << 17;

}  // namespace

Attempt salvage_document(ByteView bytes, std::size_t begin, std::size_t end, Shapes& shapes,
                         const SalvageOptions& options) {
  return SalvageParser(bytes, begin, end, shapes, options).run();
}

Attempt SalvageParser::run() {
  attempt_.begin = begin_;
  pos_ = skip_blanks(bytes_, pos_, end_);
  const bool opens = pos_ < end_ && (bytes_[pos_] == '{' || bytes_[pos_] == '[');
  const char replaced = opens || pos_ >= end_ ? '\0' : opener_replaced_at(bytes_, pos_, end_);
  if (replaced != '\0') open_root(replaced);
  const bool lacks_head =
      replaced == '\0' && (!opens || (options_.head == Head::unknown && begins_within(pos_)));
  if (pos_ < end_ && lacks_head && !begin_headless(pos_)) {
    attempt_.clean = false;
    attempt_.end = end_;
    return std::move(attempt_);
  }
  for (;;) {
    if (state_ == State::done && !closed_too_early()) break;
    const std::size_t at = skip_blanks(bytes_, pos_, end_);
    if (at >= end_ || (options_.only_whole && lost_)) {
      finish(at, Kind::torn_tail);
    } else {
      step(at);
    }
  }
  return std::move(attempt_);
}

/// A closer too many, or one in place of a comma, ended the root: members follow that it does not have yet,
/// up to its true end.
bool SalvageParser::closed_too_early() {
  if (!attempt_.closed || closed_.open != '{') return false;
  const std::size_t at = skip_blanks(bytes_, pos_, end_);
  if (at >= end_ || (bytes_[at] != ',' && bytes_[at] != '"')) return false;
  const std::size_t quote = bytes_[at] == ',' ? skip_blanks(bytes_, at + 1, end_) : at;
  const ByteView key = quote < end_ && bytes_[quote] == '"' ? key_at(quote) : ByteView();
  if (key.empty()) return false;
  const ShapeId known = shapes_.find(closed_.shape, key);
  const bool seen = std::find(closed_members_.begin(), closed_members_.end(), known) != closed_members_.end();
  if (seen || !count_closers(at) || closers_ != "}" || !reopen(at)) return false;
  if (at == quote) insert_comma();
  return true;
}

void SalvageParser::step(std::size_t at) {
  if (bytes_[at] == '\0') return hole(at);
  if (settle_by_indent(at)) return;
  switch (state_) {
    case State::value: return step_value(at);
    case State::key: return step_key(at);
    case State::colon: return step_colon(at);
    case State::after_item: return step_after_item(at);
    case State::done: return;
  }
}

void SalvageParser::step_value(std::size_t at) {
  const char c = bytes_[at];
  if (c == '{' && in_array() && is_unsure()) {
    const ByteView key = key_at(skip_blanks(bytes_, at + 1, end_));
    const bool is_known = shapes_.find(shapes_.find_element(frames_.back().shape), key) != k_no_shape;
    if (is_known) unsure_ = 0;
    if (!is_known && !key.empty() && move_from(at)) return;
  }
  if (contradicts_layout(c)) {
    trouble();
    drop_item(at, Kind::bad_syntax);
    return resync(at, Kind::bad_syntax);
  }
  if (is_odd(at) && mend_depth(at)) return;
  if (c == '{' && drop_split_element(at)) return;
  if (in_array() && is_doubled_opener(at)) return skip(at + 1, Kind::bad_syntax, Harm::none);
  if (c == '{' || c == '[') return open(at);
  if (c == ']' && in_array()) return close(at);
  if (in_array()) begin_item(at);
  if (c == '"') {
    const StringToken token = read_string(bytes_, at, end_);
    if (in_array() && token.how == StringEnd::closed) {
      const std::size_t next = skip_blanks(bytes_, token.end, end_);
      if (next < end_ && bytes_[next] == ':') return turn_opener(at) ? void() : place_key_in_array(at);
    }
    return take_string(at, token);
  }
  std::size_t to = read_number(bytes_, at, end_);
  if (to == at) to = read_literal(bytes_, at, end_);
  if (to == at) return mend_value(at);
  if (to < end_ && !is_blank(bytes_[to]) && bytes_[to] != ',' && bytes_[to] != '}' && bytes_[to] != ']' &&
      bytes_[to] != '\0' && bytes_[to] != '"' && !was_comma(to) && !is_turned_closer(to)) {
    return break_item(to);
  }
  const bool touches_nul = (to < end_ && bytes_[to] == '\0') || (at > begin_ && bytes_[at - 1] == '\0');
  if ((c == '-' || is_digit(c)) && touches_nul) {
    // Digits may have stood there.
    trouble();
    drop_item(to, Kind::nul_interior);
    return;
  }
  attempt_.pieces.keep(pos_, to);
  pos_ = to;
  last_ = Last::scalar;
  last_begin_ = at;
  last_end_ = to;
  ++attempt_.values_kept;
  item_done(c == 't' || c == 'f' ? k_boolean : c == 'n' ? k_null : k_number);
}

void SalvageParser::step_key(std::size_t at) {
  const char c = bytes_[at];
  if (c == '}') return close(at);
  if (c != '"') return mend_key(at);
  const StringToken token = read_string(bytes_, at, end_);
  const std::size_t next = token.how == StringEnd::closed ? skip_blanks(bytes_, token.end, end_) : end_;
  if (next >= end_ || bytes_[next] != ':' || token.flawed || has_bad_utf8(at, token.end)) return mend_key(at);
  const ByteView key = bytes_.substr(at + 1, token.end - at - 2);
  if (is_unsure()) {
    const bool is_known = shapes_.find(frames_.back().shape, key) != k_no_shape;
    if (is_known) unsure_ = 0;
    if (!is_known && move_from(at)) return;
  } else if ((is_misplaced(key) && (move_from(at) || mend_depth(at))) || move_by_look(at)) {
    return;
  }
  const bool repeated = is_repeated(key);
  if ((repeated || is_stray(at, key)) && mend_depth(at)) return;
  if (repeated && frames_.size() > depth_of_element()) return cut_fused();
  if (repeated && drop_first_writing(at)) return;
  begin_item(at);
  // Where nothing was lost in the object itself its text is as it was written.
  frames_.back().repeated = (repeated && frames_.back().damaged) || at == half_key_;
  Frame& frame = frames_.back();
  frame.key = shapes_.member(frame.shape, key);
  attempt_.pieces.keep(pos_, next);
  pos_ = next;
  state_ = State::colon;
}

void SalvageParser::step_colon(std::size_t at) {
  if (bytes_[at] != ':') return mend_colon(at);
  attempt_.pieces.keep(pos_, at + 1);
  pos_ = at + 1;
  state_ = State::value;
}

void SalvageParser::step_after_item(std::size_t at) {
  const char c = bytes_[at];
  if (c == ',') return forward(at) ? void() : comma(at);
  if (c == closer_of(frames_.back().open)) return close(at);
  mend_after_item(at);
}

// An item's span begins with the comma before it, so that taking the item back takes its comma too.
void SalvageParser::comma(std::size_t at) {
  Frame& frame = frames_.back();
  if (frame.separated) {
    frame.separated = false;
    attempt_.pieces.rollback(frame.item.mark);
  }
  frame.item.mark = attempt_.pieces.mark();
  frame.item.begin = at;
  frame.item.values = attempt_.values_kept;
  frame.separated = true;
  if (frame.items > 0) {
    attempt_.pieces.keep(pos_, at + 1);
  } else {
    attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
  }
  pos_ = at + 1;
  state_ = frame.open == '{' ? State::key : State::value;
}

/// Takes the comma back that was read last, if no item came behind it.
void SalvageParser::drop_comma() {
  Frame& frame = frames_.back();
  if (frame.separated) attempt_.pieces.rollback(frame.item.mark);
  frame.separated = false;
}

void SalvageParser::insert_comma() {
  Frame& frame = frames_.back();
  frame.item.mark = attempt_.pieces.mark();
  frame.item.begin = pos_;
  frame.item.values = attempt_.values_kept;
  frame.separated = true;
  if (frame.items > 0) attempt_.pieces.insert(",");
  // A digit may stand in the comma's place.
  if (last_ == Last::scalar && last_end_ > begin_ && is_digit(bytes_[last_end_ - 1])) attempt_.gap = true;
  state_ = frame.open == '{' ? State::key : State::value;
}

void SalvageParser::begin_item(std::size_t at) {
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  if (frame.separated) return;
  frame.item.mark = attempt_.pieces.mark();
  frame.item.begin = at;
  frame.item.values = attempt_.values_kept;
}

void SalvageParser::item_done(TypeSet type) {
  Frame& frame = frames_.back();
  if (frame.repeated) {
    frame.repeated = false;
    closed_.shape = k_no_shape;  // nothing is left of it that could be opened again
    return drop_item(pos_, Kind::bad_syntax);
  }
  ++frame.items;
  frame.types |= type;
  frame.separated = false;
  frame.last = frame.item;
  if (frame.open == '{') {
    const bool is_container = type == k_object || type == k_array;
    shapes_.note_value(frame.key, type, is_container ? closed_.begin : last_begin_);
    members_.push_back(frame.key);
  }
  state_ = State::after_item;
}

void SalvageParser::open(std::size_t at) {
  if (frames_.size() >= k_max_depth) {
    attempt_.hit_limits = true;
    return finish(at, Kind::depth_limits);
  }
  if (in_array()) begin_item(at);
  const ShapeId shape = frames_.empty() ? k_root_shape
                        : in_object()   ? frames_.back().key
                                        : shapes_.element(frames_.back().shape);
  attempt_.pieces.keep(pos_, at + 1);
  pos_ = at + 1;
  if (frames_.empty()) learn_indent();
  push_frame(bytes_[at], shape, at, pos_);
}

/// Opens a container whose opener stands, or stood, at `begin`, and what is in it at `contents`.
SalvageParser::Frame& SalvageParser::push_frame(char open, ShapeId shape, std::size_t begin,
                                                std::size_t contents) {
  Frame frame;
  frame.open = open;
  frame.shape = shape;
  frame.begin = begin;
  frame.members = members_.size();
  frame.item.mark = attempt_.pieces.mark();
  frame.item.begin = contents;
  frame.item.values = attempt_.values_kept;
  frames_.push_back(frame);
  state_ = open == '{' ? State::key : State::value;
  return frames_.back();
}

void SalvageParser::close(std::size_t at) {
  Frame& frame = frames_.back();
  if (closes_another(at) || (bytes_[at] == ']' && drop_split_element(at))) return;
  if (frame.separated) {  // a comma with nothing behind it; a number of one digit may have stood there
    attempt_.gap = attempt_.gap || (frame.open == '[' && (frame.types & (k_number | k_integer)) != 0);
    attempt_.pieces.rollback(frame.item.mark);
    attempt_.pieces.because(frame.item.begin, Kind::bad_syntax, Harm::none);
    frame.separated = false;
    trouble();
    pos_ = at;
  }
  before_closer_ = attempt_.pieces.mark();
  attempt_.pieces.keep(pos_, at + 1);
  pos_ = at + 1;
  last_ = Last::closer;
  last_end_ = pos_;
  pop(at, true);
}

void SalvageParser::pop(std::size_t at, bool by_closer) {
  closed_ = frames_.back();
  closed_members_.assign(members_.begin() + static_cast<std::ptrdiff_t>(closed_.members), members_.end());
  frames_.pop_back();
  members_.resize(closed_.members);
  bool keep = !closed_.doomed && !(closed_.imagined && closed_.items == 0);
  if (closed_.open == '{') {
    // A record is its writer's business as long as it parses; a message decides whether its file loads.
    const bool is_whole = !closed_.damaged && options_.line_framed;
    if (is_whole || shapes_.is_complete(closed_.shape, closed_members_)) {
      if (!closed_.damaged) shapes_.count_whole(closed_.shape, at - closed_.begin);
    } else if (keep) {
      if (frames_.empty()) attempt_.complete = false;
      keep = frames_.empty();
    }
  }
  if (frames_.empty()) {
    attempt_.closed = by_closer;
    attempt_.end = pos_;
    attempt_.root_open = closed_.open;
    attempt_.root_members = closed_members_;
    attempt_.has_root = keep && (closed_.items > 0 || !closed_.damaged);
    state_ = State::done;
    return;
  }
  // Half of a tool's call or result reads as a whole one: an element of a record goes with what it lost.
  const bool is_part = options_.line_framed && options_.layout != nullptr && closed_.partial;
  if (is_part && closed_.open == '{' && frames_.back().open == '[') keep = false;
  if (keep && is_part) frames_.back().partial = true;
  if (keep) return item_done(closed_.open == '{' ? k_object : k_array);
  if (frames_.back().open == '[') ++attempt_.records_dropped;
  closed_.shape = k_no_shape;
  drop_item(pos_, Kind::torn_tail);
}

/// Takes the item back that is being read, or was read last; reading goes on at `resume` behind it.
void SalvageParser::drop_item(std::size_t resume, Kind kind) {
  trouble();
  lost_ = true;
  Frame& frame = frames_.back();
  if (frame.open == '{') frame.lost_key = frame.key;
  attempt_.pieces.rollback(frame.item.mark);
  attempt_.pieces.because(frame.item.begin, kind, Harm::loss);
  attempt_.values_dropped += std::max<std::uint64_t>(attempt_.values_kept - frame.item.values, 1);
  attempt_.values_kept = frame.item.values;
  frame.separated = false;
  frame.damaged = frame.partial = true;
  pos_ = resume;
  last_ = Last::other;
  state_ = State::after_item;
}

void SalvageParser::drop_last_scalar() {
  Frame& frame = frames_.back();
  --frame.items;
  if (frame.open == '{') members_.pop_back();
}

/// Takes the item back that was kept last; reading goes on at `resume`.
void SalvageParser::drop_last(std::size_t resume) {
  frames_.back().item = frames_.back().last;
  drop_last_scalar();
  drop_item(resume, Kind::bad_syntax);
}

/// Takes the item back that was kept right before `at`: it may be half of one and half of another. A
/// container that the layout names by its key is none of those.
void SalvageParser::drop_last_item(std::size_t at) {
  trouble();
  Frame& frame = frames_.back();
  const bool is_container = last_ == Last::closer;
  if (frame.items == 0 || last_ == Last::other || last_ == Last::cut) return;
  if (is_container && (frame.open != '{' || shapes_.rule(members_.back()) != nullptr)) return;
  std::size_t behind = skip_blanks(bytes_, last_end_, end_);
  if (behind < at && bytes_[behind] == ',') behind = skip_blanks(bytes_, behind + 1, end_);
  if (behind != at) return;
  drop_last(at);
}

void SalvageParser::skip(std::size_t to, Kind kind, Harm harm) {
  trouble();
  attempt_.pieces.because(pos_, kind, harm);
  lost_ = lost_ || harm == Harm::loss;
  if (harm == Harm::loss && !frames_.empty()) frames_.back().damaged = frames_.back().partial = true;
  pos_ = to;
}

/// Whether the open object number `frame` has the member, or it is the one that those within are part of.
bool SalvageParser::has_member(std::size_t frame, ShapeId id) const {
  if (frame + 1 < frames_.size() && frames_[frame].open == '{' && frames_[frame].key == id) return true;
  const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(frames_[frame].members);
  const auto end = members_.begin() + static_cast<std::ptrdiff_t>(members_end(frame));
  return std::find(begin, end, id) != end;
}

}  // namespace session::repair
