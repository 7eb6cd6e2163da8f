// Scoring: how well what follows a break fits into each container that it could belong to: by known keys,
// keys an object has already, closers, the end of the text.

#include <algorithm>

#include "repair/salvage_parser.h"

namespace session::repair {
namespace {

constexpr std::size_t k_peek_events = 40;
constexpr std::size_t k_peek_bytes = 1U << 16;
constexpr int k_impossible = -100;

// How often the rest of the input may be read ahead in one document.
constexpr std::size_t k_look_ahead_factor = 4;

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
  Context context;
  context.reserve(frames + 8);
  for (std::size_t i = 0; i < frames; ++i) context.push_back({frames_[i].open, frames_[i].shape, i});
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

/// Whether the key at `anchor` is known anywhere among the open containers: a cheap question before
/// the dear one.
bool SalvageParser::may_be_placed(std::size_t anchor) const {
  if (indent_ > 0 || bytes_[anchor] != '"') return true;
  const ByteView key = key_at(anchor);
  return std::any_of(frames_.begin(), frames_.end(), [&](const Frame& frame) {
    return frame.open == '{' && shapes_.find(frame.shape, key) != k_no_shape;
  });
}

/// The open container that best takes what stands at `anchor`.
SalvageParser::Level SalvageParser::best_level(std::size_t anchor) {
  Level best{0, k_impossible};
  const bool element = bytes_[anchor] == '{';
  const std::optional<std::size_t> indent = indent_level(anchor);
  peek(anchor);
  const bool to_end = count_closers(anchor);
  for (std::size_t frames = frames_.size(); frames > 0; --frames) {
    if (frames_[frames - 1].open != (element ? '[' : '{')) continue;
    if (indent && *indent != frames) continue;
    int sum = score(context_of(frames)) + (indent ? 8 : 0);
    if (to_end) {
      bool fits = closers_.size() == frames;
      for (std::size_t i = 0; fits && i < frames; ++i) {
        fits = closers_[i] == (frames_[frames - 1 - i].open == '{' ? '}' : ']');
      }
      sum += fits ? 8 : -4;
    }
    if (sum > best.score) best = {frames, sum};
  }
  return best;
}

/// Reads from `at` to the end and sets closers_ to those that close something opened before `at`, innermost
/// first. False if the text breaks before its end, or too much was read ahead already.
bool SalvageParser::count_closers(std::size_t at) {
  closers_.clear();
  if (look_ahead_ > k_look_ahead_factor * (end_ - begin_)) return false;
  std::string open;
  const std::size_t begin = at;
  while (at < end_) {
    const char c = bytes_[at];
    if (c == '"') {
      const StringToken token = read_string(bytes_, at, end_);
      if (token.how != StringEnd::closed || token.flawed) break;
      at = token.end;
      continue;
    }
    if (c == '{' || c == '[') {
      open += c;
    } else if (c == '}' || c == ']') {
      const char opener = c == '}' ? '{' : '[';
      if (open.empty()) {
        closers_ += c;
      } else if (open.back() == opener) {
        open.pop_back();
      } else {
        break;
      }
    } else if (c == '\0') {
      break;
    }
    ++at;
  }
  look_ahead_ += at - begin;
  return at >= end_ && open.empty() && !closers_.empty();
}

/// Behind the closer number `count` that closes something opened before `at`.
std::size_t SalvageParser::behind_closers(std::size_t at, std::size_t count) const {
  std::size_t depth = count;
  while (at < end_ && depth > 0) {
    const char c = bytes_[at];
    if (c == '"') {
      at = read_string(bytes_, at, end_).end;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
  }
  return at;
}

std::size_t SalvageParser::behind_value(std::size_t at) const { return behind_closers(at + 1, 1); }

}  // namespace session::repair
