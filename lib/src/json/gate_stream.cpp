#include "json/gate_stream.h"

#include <algorithm>

#include "json/byte_search.h"
#include "json/gate.h"
#include "json/string_run.h"

namespace session::json {
namespace {

constexpr std::size_t k_piece = std::size_t{64} << 10;
constexpr std::size_t k_most = std::size_t{256} << 10;

// A quote first, so that neither is valid within a string; two elements, so that the first is no value of a
// member; an array, so that it is no key.
constexpr std::string_view k_elements = R"(["judged"],["judged"])";
constexpr std::string_view k_members = R"("judged":0)";

}  // namespace

void GateStream::feed(std::string_view part) {
  while (!part.empty() && valid_) {
    const std::string_view piece = part.substr(0, k_piece);
    part.remove_prefix(piece.size());
    text_ += piece;
    scan();
    if (text_.size() > std::max(most_, k_most)) judge_longest_run();
  }
}

bool GateStream::finish() { return valid_ && passes_gate(text_); }

/// Passes over string content from `at` on; returns behind the closing quote or where the text ends.
std::size_t GateStream::scan_string(std::size_t at) {
  const char* const base = text_.data();
  // What is passed over is judged by simdjson all the same: a mistake here could only cut where it refuses.
  at = static_cast<std::size_t>(pass_string_blocks(base + at, base + text_.size()).end - base);
  while (at < text_.size()) {
    at = static_cast<std::size_t>(find_string_special(base + at, base + text_.size()) - base);
    if (at == text_.size()) break;
    if (text_[at] == '"') {
      in_string_ = false;
      return at + 1;
    }
    if (text_[at] == '\\' && at + 1 == text_.size()) break;  // what it escapes comes with the next part
    at += text_[at] == '\\' ? 2U : 1U;
  }
  return at;
}

void GateStream::scan() {
  std::size_t at = scanned_;
  while (at < text_.size()) {
    if (in_string_) {
      const std::size_t stopped = scan_string(at);
      if (in_string_) {
        at = stopped;
        break;
      }
      at = stopped;
      continue;
    }
    const char c = text_[at++];
    switch (c) {
      case '"': in_string_ = true; break;
      case '{':
      case '[': levels_.push_back({c == '{', at, at}); break;
      case '}':
      case ']':
        if (levels_.empty()) {
          valid_ = false;
          return;
        }
        levels_.pop_back();
        break;
      case ',':
        if (!levels_.empty()) levels_.back().behind_run = at - 1;
        break;
      default: break;
    }
  }
  scanned_ = at;
}

void GateStream::judge_longest_run() {
  const auto longest = std::max_element(levels_.begin(), levels_.end(), [](const Level& a, const Level& b) {
    return a.behind_run - a.first < b.behind_run - b.first;
  });
  const std::size_t length = longest == levels_.end() ? 0 : longest->behind_run - longest->first;
  if (length < text_.size() / 2) {
    most_ = 2 * text_.size();  // one value fills it: wait until that has ended
    return;
  }
  run_ = longest->object ? '{' : '[';
  run_.append(text_, longest->first, length);
  run_ += longest->object ? '}' : ']';
  valid_ = passes_gate(run_);
  const std::string_view marker = longest->object ? k_members : k_elements;
  text_.replace(longest->first, length, marker);
  const std::size_t shift = length - marker.size();
  scanned_ -= shift;
  longest->behind_run = longest->first + marker.size();
  for (auto deeper = longest + 1; deeper != levels_.end(); ++deeper) {
    deeper->first -= shift;
    deeper->behind_run -= shift;
  }
  most_ = 0;
}

}  // namespace session::json
