#include "json/line_index.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "json/byte_search.h"
#include "json/utf8.h"

namespace session::json {
namespace {

/// How many characters stand in [p, end), where the text goes on to `limit`; moves `p` behind the last whole
/// one.
std::uint64_t count_characters(const char*& p, const char* end, const char* limit) {
  std::uint64_t count = 0;
  Utf8Walker walker;
  while (p != end) {
    const char* const valid = walker.valid_end(p, end);
    count += count_valid_characters(p, valid);
    p = valid;
    if (p == end) break;
    // A mistake, or a character that goes on behind `end`.
    const std::size_t length = std::max<std::size_t>(1, utf8_character(p, limit));
    if (length > static_cast<std::size_t>(end - p)) break;
    p += length;
    ++count;
  }
  return count;
}

/// Back from `p`, in valid text, to where its character begins.
const char* character_begin(const char* p) {
  while ((static_cast<unsigned char>(*p) & 0xC0U) == 0x80U) --p;
  return p;
}

}  // namespace

const char* LineIndex::advance(Position& position, const char* begin, const char* end, const char* limit,
                               Text text) {
  if (const std::size_t newlines = count_bytes(begin, end, '\n'); newlines != 0) {
    position.line += newlines;
    position.column = 1;
    begin = static_cast<const char*>(::memrchr(begin, '\n', static_cast<std::size_t>(end - begin))) + 1;
  }
  if (text == Text::valid) {
    position.column += count_valid_characters(begin, end);
    return end;
  }
  position.column += count_characters(begin, end, limit);
  return begin;
}

void LineIndex::reset() {
  window_.clear();
  marks_.clear();
  window_position_ = known_position_ = {};
  window_offset_ = known_offset_ = offset_ = 0;
  pinned_ = {};
  begin_ = end_ = nullptr;
}

void LineIndex::begin_piece(const char* begin, const char* end, std::uint64_t offset) {
  begin_ = begin;
  end_ = end;
  offset_ = offset;
  text_ = Text::any;
  known_position_ = window_position_;
  known_offset_ = window_offset_;
  marks_.clear();
}

void LineIndex::pass_characters(std::uint64_t count) {
  window_offset_ += count;
  window_position_.column += count;
}

void LineIndex::pin(std::uint64_t offset, Pin pin) {
  Mark& pinned = pinned_[static_cast<std::size_t>(pin)];
  if (offset != pinned.offset) pinned = {offset, at(offset)};
}

std::string LineIndex::text_before(std::uint64_t offset, std::size_t count) const {
  const std::size_t in_piece = static_cast<std::size_t>(offset - offset_);
  if (count <= in_piece) return {begin_ + (in_piece - count), count};
  const std::size_t older = std::min(count - in_piece, window_.size());
  return window_.substr(window_.size() - older) + std::string(begin_, in_piece);
}

Position LineIndex::at(std::uint64_t offset) {
  for (const Mark& pinned : pinned_) {
    if (offset == pinned.offset) return pinned.position;
  }
  return count_to(offset);
}

/// Moves known_position_ to the nearest place before `offset` whose position is known.
void LineIndex::go_near(std::uint64_t offset) {
  const bool behind = offset < known_offset_;
  if (!behind && (marks_.empty() || offset - known_offset_ <= k_stride)) return;
  if (behind) {
    known_position_ = window_position_;
    known_offset_ = window_offset_;
  }
  const auto later = std::upper_bound(marks_.begin(), marks_.end(), offset,
                                      [](std::uint64_t at, const Mark& mark) { return at < mark.offset; });
  if (later == marks_.begin() || std::prev(later)->offset <= known_offset_) return;
  known_position_ = std::prev(later)->position;
  known_offset_ = std::prev(later)->offset;
}

Position LineIndex::count_to(std::uint64_t offset) {
  go_near(offset);
  if (offset <= known_offset_) return known_position_;
  if (known_offset_ < offset_) {
    const char* from = window_.data() + (known_offset_ - window_offset_);
    const std::uint64_t wanted = std::min(offset, offset_) - known_offset_;
    const char* const limit = window_.data() + window_.size();
    known_offset_ +=
        static_cast<std::uint64_t>(advance(known_position_, from, from + wanted, limit, Text::any) - from);
  }
  while (known_offset_ >= offset_ && offset > known_offset_) {
    const char* const from = begin_ + (known_offset_ - offset_);
    const char* to = from + std::min<std::uint64_t>(offset - known_offset_, k_stride);
    if (text_ == Text::valid && to != end_) to = character_begin(to);
    const char* const reached = advance(known_position_, from, to, end_, text_);
    if (reached == from) break;
    known_offset_ += static_cast<std::uint64_t>(reached - from);
    const std::uint64_t marked = marks_.empty() ? offset_ : marks_.back().offset;
    if (known_offset_ >= marked + k_stride) marks_.push_back({known_offset_, known_position_});
  }
  return known_position_;
}

void LineIndex::end_piece() {
  const std::size_t size = static_cast<std::size_t>(end_ - begin_);
  if (size > k_window) {
    const Position position = count_to(offset_ + size - k_window);
    const std::uint64_t from = known_offset_;
    window_.assign(begin_ + (from - offset_), end_);
    window_position_ = position;
    window_offset_ = from;
    return;
  }
  window_.append(begin_, end_);
  if (window_.size() <= k_window) return;
  const std::size_t drop = window_.size() - k_window;
  const char* const limit = window_.data() + window_.size();
  const char* stopped = advance(window_position_, window_.data(), window_.data() + drop, limit, Text::any);
  const std::size_t dropped = static_cast<std::size_t>(stopped - window_.data());
  window_offset_ += dropped;
  window_.erase(0, dropped);
}

}  // namespace session::json
