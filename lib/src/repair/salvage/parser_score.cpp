// Scoring: how well what follows a break fits into each container that it could belong to: by known keys,
// keys an object has already, closers, the end of the text.

#include <algorithm>

#include "repair/salvage/opener.h"
#include "repair/salvage/parser.h"

namespace session::repair {
namespace {

constexpr std::size_t k_peek_events = 40;
constexpr std::size_t k_peek_bytes = 1U << 16;
constexpr int k_impossible = -100;

// No layout has its fields deeper, and only what a layout or the document names is opened again.
constexpr std::size_t k_longest_path = 8;

// How often the rest of the input may be read ahead in one document, and what costs nothing.
constexpr std::size_t k_look_ahead_factor = 4;
constexpr std::size_t k_free_look_ahead = std::size_t{256} << 10;

}  // namespace

/// Reads what stands at `at` into events_, as far as it can be read.
void SalvageParser::peek(std::size_t at) {
  events_.clear();
  const std::size_t end = std::min(end_, at + k_peek_bytes);
  while (events_.size() < k_peek_events) {
    at = skip_blanks(bytes_, at, end);
    if (at >= end) {
      if (end == end_) events_.push_back({Event::Type::end});
      return;
    }
    const char c = bytes_[at];
    if (c == ',' || c == ':') {
      ++at;
    } else if (c == '{' || c == '[') {
      events_.push_back({Event::Type::open, c});
      ++at;
    } else if (c == '}' || c == ']') {
      events_.push_back({Event::Type::close, c == '}' ? '{' : '['});
      ++at;
    } else if (c == '"') {
      const StringToken token = read_string(bytes_, at, end);
      if (token.how != StringEnd::closed) return;
      const std::size_t next = skip_blanks(bytes_, token.end, end);
      if (next < end && bytes_[next] == ':') {
        events_.push_back({Event::Type::key, 0, bytes_.substr(at + 1, token.end - at - 2)});
      } else {
        events_.push_back({Event::Type::scalar});
      }
      at = token.end;
    } else {
      std::size_t to = read_number(bytes_, at, end);
      if (to == at) to = read_literal(bytes_, at, end);
      if (to == at) return;
      events_.push_back({Event::Type::scalar});
      at = to;
    }
  }
}

SalvageParser::Context SalvageParser::context_of(std::size_t frames) const {
  static_assert(k_most_levels > k_peek_events);
  Context context;
  std::size_t i = frames > k_most_levels ? frames - k_most_levels : 0;
  context.reserve(frames - i + 8);
  for (; i < frames; ++i) context.push_back({frames_[i].open, frames_[i].shape, i});
  return context;
}

/// How well events_ fit behind the containers in `context`.
int SalvageParser::score(Context context) const {
  int sum = 0;
  ShapeId member = k_no_shape;
  bool behind_key = false;
  for (const Event& event : events_) {
    if (context.empty()) return event.type == Event::Type::end ? sum + 4 : sum - 4;
    const Container top = context.back();
    switch (event.type) {
      case Event::Type::key:
        if (top.open != '{') return sum - 6;
        member = shapes_.find(top.shape, event.key);
        if (member != k_no_shape) {
          sum += top.frame != k_nowhere && has_member(top.frame, member) ? -3 : 2;
        } else if (shapes_.first_member(top.shape) != k_no_shape) {
          --sum;
        }
        behind_key = true;
        continue;
      case Event::Type::scalar:
        if (!behind_key && top.open != '[') return sum - 6;
        break;
      case Event::Type::open:
        if (!behind_key && top.open != '[') return sum - 6;
        context.push_back({event.bracket, behind_key ? member : shapes_.find_element(top.shape), k_nowhere});
        break;
      case Event::Type::close:
        if (top.open != event.bracket) return sum - 6;
        if (top.frame != k_nowhere) ++sum;
        context.pop_back();
        break;
      case Event::Type::end: return sum - 1;
    }
    behind_key = false;
  }
  return sum;
}

/// How an anchor would fit behind the `depth` containers that `context` ends; k_impossible where it certainly
/// does not belong.
int SalvageParser::score_anchor(std::size_t anchor, const Context& context, std::size_t depth,
                                bool to_end) const {
  const bool element = bytes_[anchor] == '{';
  const Container& target = context.back();
  if (target.open != (element ? '[' : '{')) return k_impossible;
  const std::optional<std::size_t> indent = indent_level(anchor);
  if (indent && *indent != depth) return k_impossible;
  bool fits = to_end && closers_.size() == depth;
  for (std::size_t i = 0; fits && i < context.size(); ++i) {
    fits = closers_[i] == closer_of(context[context.size() - 1 - i].open);
  }
  const ShapeId holder = element ? shapes_.find_element(target.shape) : target.shape;
  const ByteView key = key_at(element ? skip_blanks(bytes_, anchor + 1, end_) : anchor);
  const ShapeId member = shapes_.find(holder, key);
  const bool is_known = member != k_no_shape;
  // A key stands in an object once.
  if (!element && is_known && target.frame != k_nowhere && has_member(target.frame, member))
    return k_impossible;
  // Whose elements were no objects so far is no array of them.
  const bool has_others = element && target.frame != k_nowhere && frames_[target.frame].items > 0;
  const bool is_unlearned = shapes_.first_member(holder) == k_no_shape && !has_others;
  // There is one root; of any other container the one before a hole may not be the one behind it.
  if (!is_known && depth > 1 && !(is_unlearned && fits)) return k_impossible;
  return score(context) + (indent ? 8 : 0) + (fits ? 8 : to_end ? -4 : 0);
}

/// The containers down to `shape` that would have to be opened behind an open one; empty if that cannot be,
/// or if one of them would need a name that nothing gives.
std::vector<ShapeId> SalvageParser::path_to(ShapeId shape, std::size_t& frames) const {
  std::vector<ShapeId> path;
  for (; shape != k_no_shape; shape = shapes_.parent(shape)) {
    if (const std::size_t i = frame_of_[shape]; i > 0) {
      frames = i;
      const bool has_it = !path.empty() && frames_[i - 1].open == '{' && has_member(i - 1, path.back());
      if (has_it) path.clear();
      std::reverse(path.begin(), path.end());
      return path;
    }
    if (shapes_.is_element(shape) && shapes_.may_be_map(shapes_.parent(shape))) return {};
    // A name that only other objects of the document have is a guess.
    const bool is_nameless = shape == k_root_shape || shapes_.is_element(shape);
    if (path.size() == k_longest_path || !(is_nameless || shapes_.is_of_layout(shape))) return {};
    path.push_back(shape);
  }
  if (!frames_.empty()) return {};
  frames = 0;
  std::reverse(path.begin(), path.end());
  return path;
}

/// The container that best takes what stands at `anchor`: an open one, or one that the layout or the document
/// itself has there, whose beginning is lost.
SalvageParser::Level SalvageParser::best_level(std::size_t anchor) {
  Level best{0, k_impossible, {}};
  const bool element = bytes_[anchor] == '{';
  const ByteView key = key_at(element ? skip_blanks(bytes_, anchor + 1, end_) : anchor);
  peek(anchor);
  const bool to_end = count_closers(anchor);
  for (std::size_t frames = frames_.size(); frames > outermost_tried(); --frames) {
    const int sum = score_anchor(anchor, context_of(frames), frames, to_end);
    if (sum > best.score) best = {frames, sum, {}};
  }
  const auto mark_frames = [&](bool open) {
    for (std::size_t i = outermost_tried() + 1; i <= frames_.size(); ++i) {
      frame_of_[frames_[i - 1].shape] = open && frames_[i - 1].shape != k_no_shape ? i : 0;
    }
  };
  frame_of_.resize(shapes_.size());
  mark_frames(true);
  const auto shapes = static_cast<ShapeId>(std::min<std::size_t>(shapes_.size(), k_most_shapes));
  for (ShapeId shape = k_root_shape; shape < shapes; ++shape) {
    if (shapes_.first_member(shape) == k_no_shape) continue;
    if (shapes_.find(shape, key) == k_no_shape || (element && !shapes_.is_element(shape))) continue;
    std::size_t frames = 0;
    std::vector<ShapeId> path = path_to(element ? shapes_.parent(shape) : shape, frames);
    if (path.empty()) continue;
    Context context = context_of(frames);
    for (const ShapeId id : path) {
      context.push_back({shapes_.find_element(id) != k_no_shape ? '[' : '{', id, k_nowhere});
    }
    const int sum =
        score_anchor(anchor, context, frames + path.size(), to_end) - static_cast<int>(path.size());
    if (sum > best.score) best = {frames, sum, std::move(path)};
  }
  mark_frames(false);
  return best;
}

bool SalvageParser::may_look_ahead() {
  const std::size_t whole = options_.look_ahead != nullptr ? bytes_.size() : end_ - begin_;
  return look_ahead() <= std::max(k_free_look_ahead, k_look_ahead_factor * whole);
}

/// Sets closers_ to those up to the end that close something opened before `at`, innermost first. False, and
/// none of them, if there are none, if the text breaks before its end, or too much was read ahead already.
bool SalvageParser::count_closers(std::size_t at) {
  closers_.clear();
  is_balanced_ = false;
  if (!may_look_ahead()) return false;
  if (!rest_) rest_.emplace(bytes_, begin_, end_);
  const bool to_end = rest_->count_closers(at, closers_);
  look_ahead() += rest_->bytes_read() + closers_.size();
  is_balanced_ = to_end && closers_.empty();
  return !closers_.empty();
}

/// Where so much was looked through already that it would take too long to see, the value has no end.
std::size_t SalvageParser::behind_value(std::size_t at) {
  if (!may_look_ahead()) return end_;
  const std::size_t behind = behind_closers(bytes_, at + 1, 1, end_);
  look_ahead() += behind - at;
  return behind;
}

}  // namespace session::repair
