// Going on behind a break or a hole: in the same container where nothing speaks against it, or at the next
// place that certainly belongs to one.

#include <algorithm>

#include "repair/salvage/parser.h"

namespace session::repair {

/// Whether NULs between tokens, up to `behind`, are so many that an item may have stood there: an element and
/// its comma, or a member.
bool SalvageParser::may_have_held_item(std::size_t at, std::size_t behind) const {
  constexpr std::size_t k_shortest_element = 2;
  constexpr std::size_t k_shortest_member = 5;
  if (in_object()) return behind - at >= k_shortest_member;
  const std::size_t next = skip_blanks(bytes_, behind, end_);
  const bool is_alone = state_ == State::value && next < end_ && bytes_[next] == ']';
  return is_alone || behind - at >= k_shortest_element;
}

/// Fewer NUL bytes between tokens than are a hole.
void SalvageParser::small_hole(std::size_t at, std::size_t behind) {
  const bool may_have_held = may_have_held_item(at, behind);
  attempt_.gap = attempt_.gap || may_have_held;
  // What follows the key of one member may be the value of another.
  if (in_object() && may_have_held && (state_ == State::colon || state_ == State::value)) {
    drop_item(at, Kind::nul_interior);
    return resync(behind, Kind::nul_interior);
  }
  skip(behind, Kind::nul_interior, Harm::none);
}

/// NUL bytes between tokens.
void SalvageParser::hole(std::size_t at) {
  const std::size_t behind = skip_nuls(bytes_, at, end_);
  if (behind - at < k_hole_bytes) return small_hole(at, behind);
  if (skip_blanks(bytes_, behind, end_) >= end_) {
    finish(at, Kind::nul_tail);
    attempt_.end = end_;
    return;
  }
  const bool in_token = last_ == Last::cut;
  attempt_.pieces.because(at, Kind::nul_interior, Harm::loss);
  if (state_ == State::colon || (state_ == State::value && in_object())) {
    drop_item(at, Kind::nul_interior);
    return resync(behind, Kind::nul_interior);
  }
  trouble();
  const std::size_t next = skip_blanks(bytes_, behind, end_);
  if (in_token || !goes_on(next)) return resync(behind, Kind::nul_interior);
  doom_record(at, behind - at);
  pos_ = next;
}

/// Whether what stands at `at`, behind a hole, is what must come next in the same container.
bool SalvageParser::goes_on(std::size_t at) {
  if (const std::optional<Place> rest = is_whole_rest(at) ? find_rest(at) : std::nullopt) {
    return rest->at == at && closers_.size() == frames_.size() && rest->level.frames == frames_.size();
  }
  if (!may_go_on(at)) return false;
  doom(pos_, at - pos_);
  return true;
}

/// The same where the text behind the hole breaks again.
bool SalvageParser::may_go_on(std::size_t at) {
  const char closer = in_object() ? '}' : ']';
  if (state_ != State::key && bytes_[at] == closer) return !count_closers(at);
  if (state_ == State::after_item) {
    if (bytes_[at] != ',') return false;
    at = skip_blanks(bytes_, at + 1, end_);
    if (at >= end_) return false;
  }
  const bool is_anchor = in_object() ? bytes_[at] == '"' && !key_at(at).empty() : bytes_[at] == '{';
  if (!is_anchor) return in_array() && count_closers(at) && closers_.size() == frames_.size();
  const Level level = best_level(at);
  return level.frames == frames_.size() && level.path.empty() && level.score >= 0;
}

/// Goes on at `place`, behind what broke at `from`.
void SalvageParser::go_on(const Place& place, std::size_t from, Kind kind) {
  attempt_.pieces.because(from, kind, Harm::loss);
  close_to(place.level.frames);
  if (!frames_.empty()) frames_.back().damaged = true;
  last_ = Last::other;
  state_ = State::after_item;
  pos_ = place.at;
  if (!place.level.path.empty())
    imagine_path(place.at, place.level.path, bytes_[place.at] == '{' ? '[' : '{');
}

/// Where, behind a break in an array of scalars, more of them follow: so many that what is lost between is
/// small beside them, as it is beside those before it. No key tells where they belong, and where the text
/// breaks again no closer does.
std::optional<std::size_t> SalvageParser::find_run(std::size_t from) {
  constexpr TypeSet k_scalars = k_any & ~(k_object | k_array);
  const Frame& array = frames_.back();
  if (!in_array() || array.items < k_enough_siblings || (array.types & ~k_scalars) != 0) return std::nullopt;
  const std::size_t limit = std::min(end_, pos_ + (pos_ - array.begin) / k_small_hole);
  const std::size_t begin = bytes_.substr(0, limit).find(',', from);
  if (begin >= limit) return std::nullopt;
  const std::size_t least = k_small_hole * (begin - pos_);
  std::size_t at = begin;
  while (at < end_ && bytes_[at] == ',' && at - begin < least) {
    const std::size_t value = skip_blanks(bytes_, at + 1, end_);
    const std::size_t behind = behind_scalar(value, array.types);
    if (behind == value) return std::nullopt;
    at = skip_blanks(bytes_, behind, end_);
  }
  look_ahead() += at - begin;
  return at - begin >= least ? std::optional(begin) : std::nullopt;
}

/// Behind the scalar at `at` if it is of one of `types`; `at` where none is.
std::size_t SalvageParser::behind_scalar(std::size_t at, TypeSet types) const {
  if (at >= end_) return at;
  if (bytes_[at] == '"') {
    const StringToken token = read_string(bytes_, at, end_);
    return token.how == StringEnd::closed && (types & k_string) != 0 ? token.end : at;
  }
  if (const std::size_t behind = read_number(bytes_, at, end_); behind > at)
    return (types & k_number) != 0 ? behind : at;
  return (types & (k_boolean | k_null)) != 0 ? read_literal(bytes_, at, end_) : at;
}

void SalvageParser::resync(std::size_t from, Kind kind) {
  trouble();
  if (give_up()) return;
  finish_item(pos_, kind);
  const std::size_t broke = pos_;
  if (const std::optional<Place> rest = find_rest(from)) {
    const std::optional<Place> lost = find_lost(from, *rest);
    doom_record(broke, rest->at - broke);
    return go_on(lost ? *lost : *rest, from, kind);
  }
  std::optional<Place> place;
  if (const std::optional<std::size_t> run = find_run(from)) {
    place = Place{*run, Level{frames_.size(), k_sure_place, {}}};
  } else {
    place = find_place(from, end_);
  }
  if (!place) {
    finish(pos_, kind);
    attempt_.end = end_;
    return;
  }
  close_to(place->level.frames);
  if (!frames_.empty()) doom(broke, place->at - broke);
  go_on(*place, from, kind);
}

}  // namespace session::repair
