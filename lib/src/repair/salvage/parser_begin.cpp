// Beginning without a beginning: what a text whose head is missing is a part of. Where the rest is whole its
// closers tell which containers it lies in, and the layout what they are called; else the first place that
// the layout knows.

#include <algorithm>
#include <array>

#include "repair/salvage/opener.h"
#include "repair/salvage/parser.h"

namespace session::repair {
namespace {

char opener_of(char closer) { return closer == '}' ? '{' : '['; }

}  // namespace

/// Opens a container whose beginning is not in the input.
void SalvageParser::imagine_frame(std::size_t at, ShapeId shape, char open) {
  attempt_.pieces.insert(open == '{' ? "{" : "[");
  Frame& frame = push_frame(open, shape, at, at);
  frame.imagined = frame.damaged = true;
}

/// Opens the containers of `path`, one in the other, under the names that the layout or the document gives
/// them; the last is `last`.
void SalvageParser::imagine_path(std::size_t at, const std::vector<ShapeId>& path, char last) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!frames_.empty()) {
      if (state_ == State::after_item) insert_comma();
      begin_item(at);
      if (in_object()) {
        frames_.back().key = path[i];
        attempt_.pieces.insert("\"");
        attempt_.pieces.insert(shapes_.key(path[i]));
        attempt_.pieces.insert("\":");
      }
    }
    const bool array = i + 1 < path.size() ? shapes_.is_element(path[i + 1]) : last == '[';
    imagine_frame(at, path[i], array ? '[' : '{');
  }
}

/// Finds what a text without its beginning is a part of.
bool SalvageParser::begin_headless(std::size_t at) {
  attempt_.headless = true;
  trouble();
  attempt_.pieces.because(at, Kind::headless, Harm::loss);
  if (begin_by_closers(at)) return true;
  const std::optional<Place> place = find_place(at, end_);
  if (place) go_on(*place, at, Kind::headless);
  return place.has_value();
}

/// Whether everything from `from` on is whole, as the rest of containers that were open before: behind an
/// item of the innermost, or at one. Sets closers_.
bool SalvageParser::is_whole_rest(std::size_t from, RestBegins begins) {
  if (from >= end_ || !count_closers(from)) return false;
  const bool is_whole = rest_->is_whole(from, closers_, begins);
  look_ahead() += rest_->bytes_read();
  return is_whole;
}

/// The same where the text at `from` itself tells which.
bool SalvageParser::is_whole_rest(std::size_t from) {
  const char c = from < end_ ? bytes_[from] : '\0';
  const bool behind = c == ',' || c == '}' || c == ']';
  return is_whole_rest(from, behind ? RestBegins::behind_item : RestBegins::at_item);
}

/// What stands behind the value at `at`, or behind its colon there, if it is of a member whose key is lost.
std::optional<std::size_t> SalvageParser::behind_keyless(std::size_t at) {
  if (bytes_[at] == ':') at = skip_blanks(bytes_, at + 1, end_);
  std::size_t behind = at;
  if (at < end_ && bytes_[at] == '"') behind = read_string(bytes_, at, end_).end;
  if (at < end_ && (bytes_[at] == '{' || bytes_[at] == '[')) behind = behind_value(at);
  look_ahead() += behind - at;
  behind = skip_blanks(bytes_, behind, end_);
  if (behind <= at || behind >= end_ || !is_whole_rest(behind, RestBegins::behind_item)) return std::nullopt;
  return behind;
}

/// Where the first whole item of a text begins that was cut anywhere before `at`, or what stands behind the
/// item that the cut went through.
std::optional<std::size_t> SalvageParser::find_whole_rest(std::size_t at) {
  const char first = bytes_[at];
  if ((first == '"' || first == '{' || first == '[') && is_whole_rest(at, RestBegins::at_item)) return at;
  // The value of a member whose key is lost.
  if ((first == '{' || first == '[') && is_whole_rest(at + 1, RestBegins::at_item)) return at + 1;
  if (!may_look_ahead()) return std::nullopt;
  const std::size_t mark = std::min(bytes_.substr(0, end_).find_first_of(",}]\"", at), end_);
  look_ahead() += mark - at;
  if (mark < end_ && bytes_[mark] != '"' && is_whole_rest(mark, RestBegins::behind_item)) return mark;
  // Cut within a string, which ends at the next quote; if that was a key its value goes with it.
  if (!may_look_ahead()) return std::nullopt;
  const std::size_t quote = next_quote(at);
  if (quote_from_ == at) look_ahead() += quote - at;  // it was not known yet
  std::size_t behind = quote < end_ ? skip_blanks(bytes_, quote + 1, end_) : end_;
  if (behind < end_ && bytes_[behind] == ':') {
    behind = skip_blanks(bytes_, behind + 1, end_);
    if (behind >= end_) return std::nullopt;
    if (bytes_[behind] == '{' || bytes_[behind] == '[') {
      behind = behind_value(behind);
    } else if (bytes_[behind] == '"') {
      behind = read_string(bytes_, behind, end_).end;
    }
    const std::size_t from = behind;
    behind = std::min(bytes_.substr(0, end_).find_first_of(",}]", from), end_);
    look_ahead() += behind - from;
  }
  if (is_whole_rest(behind, RestBegins::behind_item)) return behind;
  return behind_keyless(at);
}

/// The containers whose beginning is lost, innermost first, each with the keys that stand in its rest.
std::vector<SalvageParser::LostContainer> SalvageParser::lost_containers(std::size_t at) const {
  std::vector<LostContainer> lost;
  for (const char closer : closers_) lost.push_back({opener_of(closer), {}, {}});
  std::string open;
  std::size_t level = 0;
  while (at < end_ && level < lost.size()) {
    const char c = bytes_[at];
    if (c == '"') {
      const StringToken token = read_string(bytes_, at, end_);
      const std::size_t next = skip_blanks(bytes_, token.end, end_);
      LostContainer& container = lost[level];
      const bool is_own = container.open == '{' ? open.empty() : open == "{";
      std::vector<ByteView>& keys = is_own ? container.keys : container.inner_keys;
      const bool is_near = is_own || (container.open == '{' && open == "{");
      if (is_near && next < end_ && bytes_[next] == ':' && keys.size() < k_telling_keys) {
        keys.push_back(bytes_.substr(at + 1, token.end - at - 2));
      }
      at = token.end;
      continue;
    }
    if (c == '{' || c == '[') {
      open += c;
    } else if ((c == '}' || c == ']') && open.empty()) {
      ++level;
    } else if (c == '}' || c == ']') {
      open.pop_back();
    }
    ++at;
  }
  return lost;
}

/// How many of the keys in `container` the layout or the document has in `shape`.
std::size_t SalvageParser::known_keys(ShapeId shape, const LostContainer& container) const {
  const auto count = [&](const std::vector<ByteView>& keys, ShapeId holder) {
    return static_cast<std::size_t>(
        std::ranges::count_if(keys, [&](ByteView key) { return shapes_.find(holder, key) != k_no_shape; }));
  };
  const ShapeId element = shapes_.find_element(shape);
  if (container.open == '[') return count(container.keys, element);
  const std::size_t own = count(container.keys, shape);
  if (own > 0 || element == k_no_shape || !shapes_.may_be_map(shape)) return own;
  // The members of a map have names of their own; what is in them tells.
  const std::size_t inner = count(container.inner_keys, element);
  return 2 * inner >= std::max<std::size_t>(container.inner_keys.size(), 1) ? container.keys.size() : 0;
}

/// Whether the document must have a container there of which its layout says no more.
bool SalvageParser::is_required_and_bare(ShapeId shape) const {
  const FieldRule* rule = shapes_.rule(shape);
  return rule != nullptr && rule->presence == Presence::required &&
         (rule->types == k_object || rule->types == k_array) && !shapes_.is_described(shape) &&
         shapes_.find_element(shape) == k_no_shape;
}

/// The member of `parent` that `container` was: the one that has its keys, or the only one that is left.
/// Where the layout names no keys there it must have the member.
ShapeId SalvageParser::name_of_lost(ShapeId parent, const LostContainer& outer,
                                    const LostContainer& container) const {
  const TypeSet type = container.open == '{' ? k_object : k_array;
  ShapeId best = k_no_shape;
  std::size_t most = 0;
  bool is_unique = true;
  const auto shapes = static_cast<ShapeId>(std::min(shapes_.size(), k_most_shapes));
  for (ShapeId shape = k_root_shape + 1; shape < shapes; ++shape) {
    const FieldRule* rule = shapes_.rule(shape);
    if (shapes_.parent(shape) != parent || shapes_.is_element(shape)) continue;
    if (rule != nullptr && (rule->types & type) == 0) continue;
    const ByteView key = shapes_.key(shape);
    if (std::find(outer.keys.begin(), outer.keys.end(), key) != outer.keys.end()) continue;
    const std::size_t known = known_keys(shape, container);
    if (best == k_no_shape || known > most) {
      best = shape, most = known, is_unique = true;
    } else if (known == most) {
      is_unique = false;
    }
  }
  const bool is_known =
      2 * most >= container.keys.size() || (best != k_no_shape && is_required_and_bare(best));
  return is_unique && is_known ? best : k_no_shape;
}

/// Where the rest is whole, its closers are those of the containers that it lies in.
bool SalvageParser::begin_by_closers(std::size_t at) {
  const std::optional<std::size_t> rest = found_rest_ ? found_rest_ : find_whole_rest(at);
  if (!rest) return false;
  const std::vector<LostContainer> lost = lost_containers(*rest);
  std::vector<ShapeId> path = {k_root_shape};
  std::size_t level = lost.size() - 1;  // the container that `path` leads to
  while (level > 0) {
    const ShapeId parent = path.back();
    const ShapeId inner = lost[level].open == '[' ? shapes_.element(parent)
                                                  : name_of_lost(parent, lost[level], lost[level - 1]);
    if (inner == k_no_shape) break;
    path.push_back(inner);
    --level;
  }
  // What stands deeper has no name to go back to.
  const std::size_t from = level == 0 ? *rest : behind_closers(bytes_, *rest, level, end_);
  imagine_path(from, path, lost[level].open);
  pos_ = from;
  if (bytes_[from] == ',' || bytes_[from] == '}' || bytes_[from] == ']') state_ = State::after_item;
  return true;
}

}  // namespace session::repair
