// Placing: which of the open containers something belongs to whose own surroundings are broken. The
// candidates are scored by what follows: known keys, keys an object has already, closers, the end of the
// text.

#include <algorithm>
#include <limits>
#include <span>

#include "repair/salvage/parser.h"

namespace session::repair {
/// The next place at or after `from` where a member or an element of objects begins for certain: the quote
/// of a key, or the brace before it.
std::optional<std::size_t> SalvageParser::find_anchor(std::size_t from) const {
  while (from < end_) {
    const std::size_t quote = next_quote(from);
    if (quote >= end_) {
      const std::size_t nul = bytes_.substr(0, end_).find('\0', from);
      if (nul == ByteView::npos) return std::nullopt;
      from = skip_nuls(bytes_, nul, end_);
      continue;
    }
    from = quote + 1;
    if (!looks_open(quote) || key_at(quote).empty()) continue;
    std::size_t before = back_over_blanks(bytes_, begin_, quote);
    if (before == begin_ || bytes_[before - 1] != '{') return quote;
    const char outside = before_blanks(bytes_, begin_, before - 1);
    if (outside != ':') return before - 1;
    return quote;
  }
  return std::nullopt;
}

/// The anchor after `anchor`.
std::optional<std::size_t> SalvageParser::next_anchor(std::size_t anchor) const {
  return find_anchor(bytes_[anchor] == '{' ? skip_blanks(bytes_, anchor + 1, end_) + 1 : anchor + 1);
}

void SalvageParser::place_closer(std::size_t at) {
  const char open = bytes_[at] == '}' ? '{' : '[';
  std::size_t frames = frames_.size();
  while (frames > outermost_tried() && frames_[frames - 1].open != open) --frames;
  if (frames == outermost_tried()) frames = 0;
  const std::optional<std::size_t> indent = indent_level(at);
  peek(at + 1);
  const int skipped = score(context_of(frames_.size()));
  const int closed = frames > 0 ? score(context_of(frames - 1)) : skipped - 1;
  const bool lost =
      frames > 0 && (indent && *indent < frames_.size() ? *indent + 1 == frames : closed >= skipped);
  if (is_wrong_closer(std::max(skipped, closed))) return close_instead(at);
  if (!lost) return skip(at + 1, Kind::bad_syntax, Harm::none);
  attempt_.pieces.keep(pos_, at);
  pos_ = at;
  close_to(frames);
}

/// Whether what events_ hold fits better than `other` if the innermost container was closed before it, by a
/// bracket that one byte turned into another.
bool SalvageParser::is_wrong_closer(int other) const {
  if (frames_.size() < 2) return false;
  const int replaced = score(context_of(frames_.size() - 1));
  return replaced > other && replaced >= 0;
}

void SalvageParser::close_instead(std::size_t at) {
  Frame& frame = frames_.back();
  drop_comma();
  attempt_.pieces.keep(std::min(pos_, at), at);
  attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
  before_closer_ = attempt_.pieces.mark();
  attempt_.pieces.insert(frame.open == '{' ? "}" : "]");
  pos_ = at + 1;
  last_ = Last::closer;
  last_end_ = pos_;
  pop(at, true);
  unsure_ = frames_.size();
}

/// Undoes the closer that was read last.
bool SalvageParser::reopen(std::size_t at) {
  if (!closed_.shape || closed_.doomed || last_end_ > at) return false;
  const std::size_t behind = skip_blanks(bytes_, last_end_, end_);
  if (behind != at && (bytes_[behind] != ',' || skip_blanks(bytes_, behind + 1, end_) != at)) return false;
  const char closer = bytes_[last_end_ - 1];
  if (closer != '}' && closer != ']') return false;
  trouble();
  attempt_.pieces.rollback(before_closer_);
  attempt_.pieces.because(last_end_ - 1, Kind::bad_syntax, Harm::none);
  if (!frames_.empty()) {
    Frame& parent = frames_.back();
    --parent.items;
    parent.separated = false;
    if (parent.open == '{') members_.pop_back();
  }
  frames_.push_back(closed_);
  members_.insert(members_.end(), closed_members_.begin(), closed_members_.end());
  closed_.shape = k_no_shape;
  attempt_.closed = false;
  state_ = State::after_item;
  last_ = Last::other;
  pos_ = last_end_;
  return true;
}

void SalvageParser::place_key_in_array(std::size_t at) {
  trouble();
  const bool is_told = is_whole_rest(at, RestBegins::at_item) && closers_fit();
  const std::size_t told = closers_.size();
  const auto fits = [&](std::size_t depth) { return !is_told || depth == told; };
  peek(at);
  Frame& array = frames_.back();
  // What the closers tell needs no other evidence, which may lie further on than is looked at.
  int best = is_told ? std::numeric_limits<int>::min() : -1;
  enum class Way { none, reopen, element, ancestor } way = Way::none;
  std::size_t frames = 0;
  if (closed_.shape != k_no_shape && closed_.open == '{' && shapes_.parent(closed_.shape) == array.shape) {
    Context context = context_of(frames_.size());
    context.push_back({'{', closed_.shape, k_nowhere});
    const ShapeId member = shapes_.find(closed_.shape, key_at(at));
    const bool seen =
        std::find(closed_members_.begin(), closed_members_.end(), member) != closed_members_.end();
    if (!seen && fits(frames_.size() + 1)) best = score(std::move(context)), way = Way::reopen;
  }
  for (std::size_t i = frames_.size() - 1; i > outermost_tried(); --i) {
    if (frames_[i - 1].open != '{' || !fits(i)) continue;
    const int sum = score(context_of(i));
    if (sum > best) best = sum, way = Way::ancestor, frames = i;
  }
  Context inside = context_of(frames_.size());
  const ShapeId element = shapes_.element(array.shape);
  inside.push_back({'{', element, k_nowhere});
  if (const int sum = score(std::move(inside)); sum > best && fits(frames_.size() + 1)) way = Way::element;

  if (way == Way::reopen && reopen(at)) return;
  if (way == Way::ancestor) {
    // Right behind the opener, or before a key that the object has, it is half of one of the elements.
    const bool is_first = array.items == 0 && !array.separated;
    if (shapes_.find(frames_[frames - 1].shape, key_at(at)) == k_no_shape &&
        (is_first || is_repeated_behind(at, frames - 1)))
      half_key_ = at;
    drop_comma();
    pos_ = at;
    return close_to(frames);
  }
  if (way == Way::element) {
    if (state_ == State::after_item) insert_comma();
    begin_item(at);
    pos_ = at;
    return imagine_frame(at, element, '{');
  }
  break_item(at);
}

/// The array read last holds no others, and what follows it in its place is one: it is the first of several,
/// whose array lost its opener.
bool SalvageParser::open_first_row(std::size_t at) {
  const Frame row = closed_;
  const ByteView contents = bytes_.substr(row.begin + 1, last_end_ - 1 - (row.begin + 1));
  const bool is_flat = contents.find_first_of("[{") == ByteView::npos;
  if (bytes_[at] != '[' || row.damaged || row.items == 0 || !is_flat || !reopen(at)) return false;
  if (!attempt_.pieces.ends_with(row.begin, attempt_.pieces.kept_end())) return true;
  attempt_.values_kept -= row.items;
  attempt_.pieces.rollback(attempt_.pieces.mark_at(row.begin + 1));
  frames_.back().items = 0;
  begin_item(row.begin + 1);
  open_lost(row.begin + 1);
  return true;
}

/// Whether the opener at `at`, before a key or the comma before that, is one too many: its object goes on
/// behind it with a key that it does not have yet, and the closers up to the end are those of what is open.
bool SalvageParser::is_stray_opener(std::size_t at) {
  std::size_t next = skip_blanks(bytes_, at + 1, end_);
  const bool is_before_comma = state_ == State::after_item && next < end_ && bytes_[next] == ',';
  if (bytes_[at] != '{' || (state_ != State::key && !is_before_comma)) return false;
  if (is_before_comma) next = skip_blanks(bytes_, next + 1, end_);
  const ByteView key = key_at(next);
  const ShapeId member = shapes_.find(frames_.back().shape, key);
  if (key.empty() || (member != k_no_shape && has_member(frames_.size() - 1, member))) return false;
  const RestBegins begins = is_before_comma ? RestBegins::behind_item : RestBegins::at_item;
  return is_whole_rest(at + 1, begins) && closers_.size() == frames_.size() && closers_fit();
}

/// Whether the key behind the opener at `at` is the one that came next in another object of the kind of the
/// one that is open, where a new one would begin with that one's first.
bool SalvageParser::reads_on_behind(std::size_t at) const {
  const Frame& frame = frames_.back();
  if (frame.items == 0) return false;
  const ShapeId next = shapes_.find(frame.shape, key_at(skip_blanks(bytes_, at + 1, end_)));
  return next != k_no_shape && shapes_.follower(members_.back()) == next;
}

void SalvageParser::place_opener_in_object(std::size_t at) {
  trouble();
  Frame& frame = frames_.back();
  if (bytes_[at] == '{' && is_restart(at)) return restart(at);
  if (state_ == State::key && frame.items == 0 && bytes_[at] == frame.open && frame.begin + 1 == at) {
    return skip(at + 1, Kind::bad_syntax, Harm::none);
  }
  peek(at);
  int best = 0;
  std::size_t frames = 0;
  for (std::size_t i = frames_.size() - 1; i > outermost_tried(); --i) {
    if (frames_[i - 1].open != '[') continue;
    const int sum = score(context_of(i));
    if (sum > best) best = sum, frames = i;
  }
  // One closer too many ended the array that it is in.
  const bool was_array = closed_.shape != k_no_shape && closed_.open == '[';
  if (was_array && is_whole_rest(at, RestBegins::at_item) && closers_.size() == frames_.size() + 1 &&
      closers_.front() == ']' && closers_fit() && (open_first_row(at) || reopen(at))) {
    return;
  }
  if (was_array) {
    Context context = context_of(frames_.size());
    context.push_back({'[', closed_.shape, k_nowhere});
    if (score(std::move(context)) > best && reopen(at)) return;
  }
  peek(at + 1);
  if (state_ == State::after_item && is_wrong_closer(best)) return close_instead(at);
  if ((frames == 0 || reads_on_behind(at)) && is_stray_opener(at)) {
    return skip(at + 1, Kind::bad_syntax, Harm::none);
  }
  drop_comma();
  state_ = State::after_item;
  if (frames > 0) {
    pos_ = at;
    return close_to(frames);
  }
  const std::size_t behind = behind_value(at);
  if (behind >= end_) return resync(at + 1, Kind::bad_syntax);
  skip(behind, Kind::bad_syntax, Harm::loss);
}

/// Whether the layout has `key` in another object than the innermost: what stands before it may have been cut
/// where nothing shows it.
bool SalvageParser::is_misplaced(ByteView key) const {
  return shapes_.is_misplaced(frames_.back().shape, key);
}

/// Whether a value that begins with `first` is none that its owner takes for the member being read, which
/// must be there: its key and the value may be those of two members.
bool SalvageParser::contradicts_layout(char first) const {
  if (!in_object() || options_.line_framed) return false;
  const FieldRule* rule = shapes_.rule(frames_.back().key);
  if (rule == nullptr) return false;
  switch (first) {
    case '{': return (rule->types & k_object) == 0;
    case '[': return (rule->types & k_array) == 0;
    case '"': return (rule->types & k_string) == 0;
    default: return false;
  }
}

/// Whether the closer at `at` ends an object that lies deeper, whose beginning is lost: the innermost one
/// lacks members, and more closers follow than there are open containers. Goes on behind it.
bool SalvageParser::closes_another(std::size_t at) {
  const Frame& frame = frames_.back();
  if (frame.open != '{' || frame.damaged || options_.line_framed || !shapes_.is_described(frame.shape)) {
    return false;
  }
  const std::span<const ShapeId> members = std::span(members_).subspan(frame.members);
  if (shapes_.is_complete(frame.shape, members)) return false;
  if (!count_closers(at) || closers_.size() <= frames_.size()) return false;
  drop_last_item(at);
  resync(at, Kind::bad_syntax);
  return true;
}

/// Behind a visible break the text may be another container's: moves there if what stands at `at` fits
/// better.
bool SalvageParser::move_from(std::size_t at) {
  const Level level = best_level(at);
  if (level.score < k_sure_place || (level.frames == frames_.size() && level.path.empty())) return false;
  if (unsure_ == 0) drop_last_item(at);
  drop_comma();
  state_ = State::after_item;
  attempt_.pieces.because(at, Kind::bad_syntax, Harm::loss);
  close_to(level.frames);
  doom(at, k_usual_block);
  frames_.back().damaged = true;
  unsure_ = 0;
  last_ = Last::other;
  state_ = State::after_item;
  pos_ = at;
  if (!level.path.empty()) imagine_path(at, level.path, bytes_[at] == '{' ? '[' : '{');
  return true;
}

/// The level that the key at `at` seems to be on: by its indentation, or by its value where that looks like
/// the members of a map one level out or, had its closer not come, one level in.
std::size_t SalvageParser::level_by_look(std::size_t at) const {
  const std::size_t own = frames_.size();
  if (const std::optional<std::size_t> indent = indent_level(at)) return *indent;
  std::size_t value = skip_blanks(bytes_, next_quote(at + 1) + 1, end_);
  if (value < end_) value = skip_blanks(bytes_, value + 1, end_);
  if (value >= end_ || bytes_[value] != '{') return own;
  const ByteView first = key_at(skip_blanks(bytes_, value + 1, end_));
  if (first.empty()) return own;
  const ShapeId shape = frames_.back().shape;
  if (shapes_.is_map_of(shape, first) || shapes_.has_sibling_with(shape, key_at(at))) return own;
  const bool like_own = shapes_.key(shapes_.first_member(shape)) == first;
  if (like_own && own > 1 && shapes_.is_map_of(shapes_.parent(shape), first)) return own - 1;
  return closed_.open == '{' && shapes_.is_map_of(closed_.shape, first) ? own + 1 : own;
}

/// Moves to the level that the key at `at` seems to be on, by its indentation or where the closers up to the
/// end say the same: a document that may only be cut stays as it is.
bool SalvageParser::move_by_look(std::size_t at) {
  if (options_.line_framed) return false;
  const std::size_t own = frames_.size();
  const std::size_t level = level_by_look(at);
  if (level == own || level == 0 || level > own + 1) return false;
  if (level < own && restart_by_indent(at)) return true;
  if (level < own && frames_[level - 1].open != '{') return false;
  if (level > own && (closed_.shape == k_no_shape || closed_.open != '{')) return false;
  const bool is_told = count_closers(at);
  if (is_told && (closers_.size() != level || !closers_fit())) return false;
  if (!indent_level(at) && (!is_told || (is_cut(at) && !goes_on_as_map(at)))) return false;
  if (level > own) return reopen(at);
  trouble();
  drop_comma();
  attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
  close_to(level);
  last_ = Last::other;
  state_ = State::after_item;
  pos_ = at;
  return true;
}

/// The first place in [from, limit) that certainly belongs to an open container, or to one whose beginning is
/// lost: known by its keys.
std::optional<SalvageParser::Place> SalvageParser::find_place(std::size_t from, std::size_t limit) {
  std::optional<std::size_t> anchor = find_anchor(from);
  for (; anchor && *anchor < limit; anchor = next_anchor(*anchor)) {
    Level level = best_level(*anchor);
    if (level.score >= k_sure_place) return Place{*anchor, std::move(level)};
  }
  return std::nullopt;
}

}  // namespace session::repair
