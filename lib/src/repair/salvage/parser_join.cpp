// Joining: which of the open containers go on behind a hole. The closers up to the end tell how many are open
// there; each of those may be the one before the hole, or another that began within it. It is the same only
// where something says so: keys that no other has, sizes that leave no room for two, or so much of it on both
// sides that a hole of this length hardly hides a seam.

#include <algorithm>
#include <array>

#include "repair/salvage/parser.h"
#include "repair/salvage/reads_on.h"

namespace session::repair {
namespace {

// In fewer bytes no container ends and another begins.
constexpr std::size_t k_least_seam = 8;

// A container beside which none is like it, and of which so many times more can be seen than is missing, is
// one.
constexpr std::size_t k_small_hole_if_lone = 2;

// So much of a container's beginning, and so many of those in it, tell what it is like.
constexpr std::size_t k_telling_bytes = 4096;
constexpr std::size_t k_telling_siblings = 16;

// What comes from another version of a file comes in blocks, mostly of the usual size; of others too.
constexpr std::array<std::size_t, 6> k_block_sizes = {0, 64, 128, 256, k_usual_block, 1024};

bool share_a_key(const std::vector<ByteView>& a, const std::vector<ByteView>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](ByteView key) { return std::find(b.begin(), b.end(), key) != b.end(); });
}

void add_key(std::vector<ByteView>& keys, ByteView key) {
  if (keys.size() < k_telling_keys && std::find(keys.begin(), keys.end(), key) == keys.end())
    keys.push_back(key);
}

bool is_one_type(TypeSet types) { return types != 0 && (types & (types - 1)) == 0; }

TypeSet type_of_literal(char c) {
  if (c == 't' || c == 'f') return k_boolean;
  return c == 'n' ? k_null : k_number;
}

}  // namespace

/// Looks from `at` through the innermost of `seen`, then, behind its closer, through the next one, up to
/// `limit`.
void SalvageParser::look_through(std::size_t at, std::size_t limit, std::vector<Glimpse>& seen) {
  const std::size_t begin = at;
  std::string open;
  std::size_t level = 0;
  std::size_t container = 0;
  while (at < limit && level < seen.size()) {
    Glimpse& glimpse = seen[level];
    const char c = bytes_[at];
    if (c == '"') {
      const StringToken token = read_string(bytes_, at, limit);
      if (token.how != StringEnd::closed) break;
      const std::size_t next = skip_blanks(bytes_, token.end, limit);
      const ByteView text = bytes_.substr(at + 1, token.end - at - 2);
      const bool is_key = next < limit && bytes_[next] == ':';
      if (open.empty() && !is_key) glimpse.types |= k_string;
      if (open.empty() && is_key) add_key(glimpse.keys, text);
      if (open == "{" && is_key) add_key(glimpse.inner_keys, text);
      at = token.end;
      continue;
    }
    if (c == '\0') break;
    if (c == '{' || c == '[') {
      if (open.empty()) {
        container = at;
        glimpse.types |= c == '{' ? k_object : k_array;
      }
      open += c;
    } else if (c == '}' || c == ']') {
      if (open.empty()) {
        glimpse.end = at + 1;
        ++level;
      } else if (open.pop_back(); open.empty()) {
        if (glimpse.wholes.size() < k_telling_siblings) glimpse.wholes.push_back(container);
        glimpse.least = std::min(glimpse.least, at + 1 - container);
        ++glimpse.whole;
      }
    } else if (open.empty() && !is_blank(c) && c != ',' && c != ':') {
      glimpse.types |= type_of_literal(c);
      at = std::max(read_number(bytes_, at, limit), read_literal(bytes_, at, limit));
      if (at == limit) break;
      if (bytes_[at] == c) ++at;
      continue;
    }
    ++at;
  }
  look_ahead() += at - begin;
}

SalvageParser::Glimpse SalvageParser::glimpse_before(std::size_t frame) {
  const Frame& container = frames_[frame];
  const std::size_t contents = container.begin + (bytes_[container.begin] == container.open ? 1 : 0);
  std::vector<Glimpse> seen(1);
  look_through(contents, std::min(pos_, contents + k_telling_bytes), seen);
  return std::move(seen.front());
}

/// Whether two containers of one kind of bracket may hold the same sort of things.
bool SalvageParser::is_alike(const Glimpse& a, const Glimpse& b) {
  if (!a.inner_keys.empty() && !b.inner_keys.empty()) return share_a_key(a.inner_keys, b.inner_keys);
  return a.types == 0 || b.types == 0 || (a.types & b.types) != 0;
}

/// Whether something in the container behind the hole cannot be in the open one.
bool SalvageParser::contradicts(std::size_t frame, const Glimpse& before, const Glimpse& behind) const {
  const Frame& container = frames_[frame];
  const bool is_map = container.open == '{' && !before.inner_keys.empty() &&
                      shapes_.is_map_of(container.shape, before.inner_keys.front());
  if ((is_map || container.open == '[') && !is_alike(before, behind)) return true;
  return std::any_of(behind.keys.begin(), behind.keys.end(), [&](ByteView key) {
    const ShapeId member = shapes_.find(container.shape, key);
    return member != k_no_shape && has_member(frame, member);
  });
}

/// Whether the document has keys behind the hole in containers under this name, and under no other beside it.
bool SalvageParser::is_told_by_keys(std::size_t frame, const Glimpse& behind) const {
  const Frame& container = frames_[frame];
  if (frames_[frame - 1].open != '{') return false;
  const bool is_array = container.open == '[';
  const auto has = [&](ShapeId shape, ByteView key) {
    return shapes_.find(is_array ? shapes_.find_element(shape) : shape, key) != k_no_shape;
  };
  const std::vector<ByteView>& keys = is_array ? behind.inner_keys : behind.keys;
  std::size_t known = 0;
  for (const ByteView key : keys) {
    if (!has(container.shape, key)) continue;
    ++known;
    ShapeId other = shapes_.first_member(frames_[frame - 1].shape);
    for (std::size_t i = 0; i < k_telling_keys && other != k_no_shape;
         ++i, other = shapes_.next_member(other)) {
      if (other != container.shape && has(other, key)) return false;
    }
  }
  return known > 0 && 2 * known >= keys.size();
}

/// Whether another container that stands beside one like `glimpse` could be taken for it.
bool SalvageParser::has_like(const Glimpse& holder, char open, const Glimpse& glimpse) {
  return std::any_of(holder.wholes.begin(), holder.wholes.end(), [&](std::size_t at) {
    if (bytes_[at] != open) return false;
    std::vector<Glimpse> other(1);
    look_through(at + 1, std::min(end_, at + k_telling_bytes), other);
    return is_alike(other.front(), glimpse);
  });
}

/// Whether the open container number `frame` is the one that goes on behind a hole of `hole_length` bytes;
/// that around it is. `is_told_within`: what it holds has the keys of what it held before.
bool SalvageParser::is_same(std::size_t frame, std::size_t rest, std::size_t hole_length,
                            const Glimpse& behind, const Glimpse& behind_holder, bool is_told_within) {
  const Frame& container = frames_[frame];
  const Glimpse before = glimpse_before(frame);
  if (contradicts(frame, before, behind)) return false;
  if (hole_length < k_least_seam || is_told_by_keys(frame, behind)) return true;
  const Glimpse holder = glimpse_before(frame - 1);
  // Bytes that are gone without a trace took up room too.
  const std::size_t unseen = hole_length - std::min(hole_length, rest - pos_);
  const std::size_t extent = behind.end - container.begin + unseen;
  const bool has_room = extent >= 2 * std::min(holder.least, behind_holder.least);
  if (holder.whole + behind_holder.whole >= k_enough_siblings && !has_room) return true;
  const std::size_t seen = (pos_ - container.begin) + (behind.end - rest);
  const bool is_lone = frames_[frame - 1].open == '{' && !has_like(holder, container.open, behind) &&
                       !has_like(behind_holder, container.open, behind);
  if (is_lone && share_a_key(before.inner_keys, behind.inner_keys)) return true;
  if (is_lone && is_told_within && seen >= k_small_hole_if_lone * hole_length) return true;
  // An array's items are of one sort, and those of an object that has only one type of value.
  const bool is_uniform =
      container.open == '[' || (is_one_type(before.types) && before.types == behind.types);
  return seen >= (is_lone && is_uniform ? k_small_hole_if_lone : k_small_hole) * hole_length;
}

/// How many of the open containers are those that the text from `rest` on, which is whole, goes on in; and
/// where it does. closers_ are its closers.
SalvageParser::Place SalvageParser::join(std::size_t rest, std::size_t hole_length) {
  std::vector<Glimpse> behind(closers_.size());
  look_through(rest, end_, behind);
  const auto glimpse = [&](std::size_t frame) -> const Glimpse& { return behind[behind.size() - 1 - frame]; };
  const std::size_t most = std::min(frames_.size(), behind.size());
  std::size_t alike = 1;
  while (alike < most && closers_[closers_.size() - 1 - alike] == closer_of(frames_[alike].open)) ++alike;
  std::size_t told = alike;  // behind the innermost of those that their keys tell
  while (told > 1 && !is_told_by_keys(told - 1, glimpse(told - 1))) --told;
  std::size_t depth = 1;
  while (depth < alike &&
         is_same(depth, rest, hole_length, glimpse(depth), glimpse(depth - 1), depth + 1 < told)) {
    ++depth;
  }
  const std::size_t at = depth == behind.size() ? rest : glimpse(depth).end;
  return Place{at, {depth, 0, {}}};
}

/// Where the text behind a hole begins that is whole up to the end.
std::optional<std::size_t> SalvageParser::find_rest_begin(std::size_t from) {
  from = skip_blanks(bytes_, from, end_);
  if (from >= end_) return std::nullopt;
  return find_whole_rest(from);
}

/// Where reading can go on behind `from` if there the text is whole: at the first item of a container that is
/// certainly still open. At least `hole_length` bytes are missing.
std::optional<SalvageParser::Place> SalvageParser::find_rest(std::size_t from, std::size_t hole_length) {
  if (from >= end_ || frames_.empty() || frames_.size() > k_most_levels) return std::nullopt;
  const std::optional<std::size_t> rest = find_rest_begin(from);
  if (!rest || closers_.back() != closer_of(frames_.front().open)) return std::nullopt;
  return join(*rest, std::max(hole_length, *rest - pos_));
}

/// The first place before `rest` in containers whose beginning is lost, which the layout has in one that goes
/// on there; the closers up to the end agree.
std::optional<SalvageParser::Place> SalvageParser::find_lost(std::size_t from, const Place& rest) {
  std::optional<std::size_t> anchor = find_anchor(from);
  for (; anchor && *anchor < rest.at; anchor = next_anchor(*anchor)) {
    Level level = best_level(*anchor);
    const std::size_t depth = level.frames + level.path.size();
    const bool is_lost = !level.path.empty() && level.frames <= rest.level.frames;
    if (level.score >= k_sure_place && is_lost && closers_.size() == depth)
      return Place{*anchor, std::move(level)};
  }
  return std::nullopt;
}

/// Whether the closers up to the end tell that text is missing before `at`, or was put there from elsewhere:
/// more than one byte went bad.
bool SalvageParser::is_seam(std::size_t at) {
  if (frames_.empty() || options_.line_framed || end_ - begin_ > k_looked_at_closely) return false;
  const std::optional<std::size_t> rest = find_rest_begin(at);
  // A hole shows by itself.
  if (!rest || bytes_.substr(at, *rest - at).find('\0') != ByteView::npos) return false;
  const std::size_t more = std::max(frames_.size(), closers_.size());
  const std::size_t fewer = std::min(frames_.size(), closers_.size());
  if (more - fewer > 1) return true;
  // One wrong bracket is one byte.
  const bool is_closer = bytes_[at] == '}' || bytes_[at] == ']';
  if (is_closer && more == fewer) closers_.front() = closer_of(frames_.back().open);
  return !closers_fit();
}

/// Goes on behind a seam that shows at `at`. Another may follow, behind a block that was put in between: of a
/// few places that one counts where the text agrees with most of what was open before.
void SalvageParser::mend_seam(std::size_t at) {
  trouble();
  const bool is_two = in_object() && bytes_[at] == '"' && is_misplaced(key_at(at));
  // A container may hold much more than what the seam is in.
  if (last_ != Last::closer) drop_last_item(at);
  finish_item(pos_, Kind::bad_syntax);
  std::optional<Place> best;
  for (const std::size_t further : k_block_sizes) {
    if (further >= end_ - at) break;
    const std::optional<Place> rest = find_rest(at + further, k_usual_block);
    if (rest && (!best || rest->level.frames > best->level.frames)) best = rest;
    if (best && best->level.frames == frames_.size()) break;
  }
  unsure_ = 0;
  if (best) {
    const std::optional<Place> lost = find_lost(at, *best);
    const std::size_t element = depth_of_element();
    if (is_two && !is_small_hole(at, k_usual_block)) frames_[element].doomed = true;
    return go_on(lost ? *lost : *best, at, Kind::bad_syntax);
  }
  finish(pos_, Kind::bad_syntax);
  attempt_.end = end_;
}

/// Whether the whole text is the beginning of a valid one: nothing in it is broken, only its end is missing.
bool SalvageParser::is_only_cut() {
  if (!only_cut_) only_cut_ = reads_on(bytes_, begin_, end_);
  return *only_cut_;
}

/// Whether the brackets of the whole text do not match, as far as that can be seen: some were lost, or are
/// too many. Of a text that reads on to its end they are those that the cut took, unless its layout says
/// otherwise.
bool SalvageParser::is_unbalanced() {
  if (options_.line_framed || end_ - begin_ > k_looked_at_closely) return false;
  if (!unbalanced_) {
    unbalanced_ =
        !count_closers(begin_) && !is_balanced_ && (shapes_.is_described(k_root_shape) || !is_only_cut());
  }
  return *unbalanced_;
}

/// Where what stands at `at` is unlike what stood in its container before, the closers up to the end tell
/// whether it belongs there: not where the text may only be cut. A bracket that one byte took is put back.
bool SalvageParser::mend_depth(std::size_t at) {
  if (!is_unbalanced() || !is_whole_rest(at, RestBegins::at_item)) return false;
  if (is_cut(at)) return false;
  // More closers than open containers may be what follows a whole document.
  if (is_seam(at) && closers_.size() < frames_.size()) {
    mend_seam(at);
    return true;
  }
  const bool is_container = bytes_[at] == '{' || bytes_[at] == '[';
  if (!is_whole_rest(at, RestBegins::at_item) || !closers_fit()) return false;
  if (!is_container && in_array() && closers_.size() == frames_.size() + 1) {
    if (frames_.back().items > 0 && !frames_.back().separated) insert_comma();
    begin_item(at);
    attempt_.pieces.keep(pos_, at);
    open_lost(at);
    return true;
  }
  if (closers_.size() + 1 != frames_.size()) return false;
  trouble();
  drop_comma();
  state_ = State::after_item;
  attempt_.pieces.because(at, Kind::bad_syntax, Harm::none);
  close_to(closers_.size());
  last_ = Last::other;
  pos_ = at;
  return true;
}

/// Whether the opener at `at` stands there twice: the closers up to the end close one less.
bool SalvageParser::is_doubled_opener(std::size_t at) {
  const Frame& frame = frames_.back();
  if (frame.items > 0 || frame.imagined || frame.begin + 1 != at || bytes_[at] != frame.open) return false;
  if (!is_unbalanced() || is_only_cut() || !is_whole_rest(at + 1, RestBegins::at_item)) return false;
  // Where all are of one kind the outermost closer may be cut off.
  return closers_.size() == frames_.size() && closers_fit() &&
         std::ranges::any_of(frames_, [&](const Frame& other) { return other.open != frame.open; });
}

/// Whether the innermost object does not know the key at `at`, but the one around it does that the closers up
/// to the end lead to, and has it not yet.
bool SalvageParser::is_stray(std::size_t at, ByteView key) {
  if (!is_unbalanced() || shapes_.find(frames_.back().shape, key) != k_no_shape) return false;
  const auto lacks = [&](std::size_t frame) {
    const ShapeId member = shapes_.find(frames_[frame].shape, key);
    const bool is_told = !is_only_cut() || shapes_.is_of_layout(member);
    return member != k_no_shape && is_told && !has_member(frame, member);
  };
  for (std::size_t i = frames_.size() - 1; i-- > outermost_tried();) {
    if (!lacks(i)) continue;
    const std::size_t told = is_whole_rest(at, RestBegins::at_item) ? closers_.size() : 0;
    return told > outermost_tried() && told < frames_.size() && lacks(told - 1);
  }
  return false;
}

/// Whether the element at `at` is of another sort than those before it.
bool SalvageParser::is_odd(std::size_t at) {
  const char first = bytes_[at];
  if (!in_array() || frames_.back().types == 0 || first == ']') return false;
  if (first == '"' && !key_at(at).empty()) return false;
  constexpr TypeSet k_scalars = k_any & ~(k_object | k_array);
  const TypeSet type = first == '{' ? k_object : first == '[' ? k_array : k_scalars;
  return (frames_.back().types & type) == 0 && !is_only_cut();
}

}  // namespace session::repair
