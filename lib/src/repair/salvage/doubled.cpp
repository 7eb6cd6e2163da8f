#include "repair/salvage/doubled.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

// Longer ones are looked for as documents of their own.
constexpr std::size_t k_longest = 4096;
constexpr std::size_t k_largest_text = std::size_t{1} << 20;
constexpr std::size_t k_most = 16;
constexpr ByteView k_marks = "\"{}[]:,";
constexpr std::size_t k_before_mark = 3;

constexpr std::array<bool, 256> k_is_mark = [] {
  std::array<bool, 256> table{};
  for (const char mark : k_marks) table[static_cast<unsigned char>(mark)] = true;
  return table;
}();
bool is_mark(char c) { return k_is_mark[static_cast<unsigned char>(c)]; }

constexpr std::size_t k_block = 64;

/// Bit i: whether a mark stands at `at` + i, before `end`. To ask byte by byte is to guess wrongly at most
/// marks.
std::uint64_t marks_at(ByteView text, std::size_t at, std::size_t end) {
  std::uint64_t marks = 0;
  const ByteView block = text.substr(at, std::min(end - at, k_block));
  for (std::size_t i = 0; i < block.size(); ++i) marks |= std::uint64_t{is_mark(block[i])} << i;
  return marks;
}

/// Remembers where each run of eight bytes around a punctuation mark was seen last.
class LastSeen {
 public:
  explicit LastSeen(ByteView text)
      : text_(text), shift_(64 - width_for(text.size())), places_(std::size_t{1} << (64 - shift_)) {}

  /// Where the bytes around `at` were seen before, as far as is known; notes them.
  std::size_t swap(std::size_t at) {
    std::uint64_t run = 0;
    std::memcpy(&run, text_.data() + at - k_before_mark, sizeof run);
    return std::exchange(places_[(run * 0x9E3779B97F4A7C15ULL) >> shift_], static_cast<std::uint32_t>(at));
  }

 private:
  static int width_for(std::size_t text) {
    return std::clamp(static_cast<int>(std::bit_width(text)) + 1, 12, 18);
  }

  ByteView text_;
  int shift_;
  std::vector<std::uint32_t> places_;
};

/// Whether a string or number goes on at `at` that began before it, as far as the bytes on both sides tell:
/// none goes on behind the quote that ends it.
bool is_in_token(ByteView text, std::size_t at) {
  constexpr ByteView k_between = "{}[]:, \t\r\n";
  if (at == 0 || at >= text.size()) return false;
  return k_between.find(text[at - 1]) == ByteView::npos && k_between.find(text[at]) == ByteView::npos &&
         (text[at - 1] != '"' || text[at] != '"');
}

/// Whether what stands at `at`, blanks apart, cannot follow what stands before it: an item where a comma is
/// due, or a comma, colon or closer where an item is.
bool breaks(ByteView text, std::size_t at) {
  constexpr ByteView k_before_items = ",:[{";
  constexpr ByteView k_behind_items = ",:]}";
  const std::size_t next = skip_blanks(text, at, text.size());
  if (next >= text.size()) return false;
  const char before = before_blanks(text, 0, at);
  const bool is_item_due = k_before_items.find(before) != ByteView::npos;
  const bool is_item = k_behind_items.find(text[next]) == ByteView::npos;
  const bool is_empty = (before == '[' && text[next] == ']') || (before == '{' && text[next] == '}');
  return is_item != is_item_due && !is_empty;
}

/// Whether what stands twice, the second time at `at`, begins within a token, wherever it may have begun.
bool begins_in_token(ByteView text, std::size_t at, std::size_t length) {
  for (;; ++at) {
    if (!is_in_token(text, at - length)) return false;
    if (at + length >= text.size() || text[at] != text[at + length]) return true;
  }
}

/// Whether leaving out the `length` bytes at `at`, which stand before them too, changes how the text is read,
/// and not only a text in it: whole items may well stand there twice.
bool matters(ByteView text, std::size_t at, std::size_t length) {
  const ByteView piece = text.substr(at, length);
  const auto count = [&](char c) { return std::ranges::count(piece, c); };
  const bool is_balanced = count('"') % 2 == 0 && count('{') == count('}') && count('[') == count(']');
  if (is_in_token(text, at - length)) return std::ranges::any_of(piece, is_mark);
  return !is_balanced || count(':') > 0 || breaks(text, at);
}

/// Whether [at, at + length) stands right before it too, and no third time. What begins where the text does
/// is not meant: there a document or record begins, and once more behind it.
bool is_doubled(ByteView text, std::size_t at, std::size_t length) {
  if (at <= length || text.size() - at < length) return false;
  const ByteView piece = text.substr(at, length);
  if (text.substr(at - length, length) != piece) return false;
  const bool before = at >= 2 * length && text.substr(at - 2 * length, length) == piece;
  return !before && text.substr(at + length, length) != piece;
}

}  // namespace

std::size_t begin_of_run(ByteView text, std::size_t at, std::size_t length) {
  const std::size_t least = std::max(length, at - length);
  while (at > least && text[at - 1] == text[at - 1 - length]) --at;
  return at;
}

std::vector<Doubled> find_doubled(ByteView text) {
  std::vector<Doubled> found;
  if (text.size() < 2 * k_shortest_doubled || text.size() > k_largest_text) return found;
  LastSeen seen(text);
  std::size_t run_end = 0;
  std::size_t run_length = 0;
  const std::size_t end = text.size() - sizeof(std::uint64_t) + 1;
  for (std::size_t block = k_before_mark; block < end; block += k_block) {
    for (std::uint64_t marks = marks_at(text, block, end); marks != 0; marks &= marks - 1) {
      const std::size_t at = block + static_cast<std::size_t>(std::countr_zero(marks));
      const std::size_t before = seen.swap(at);
      if (before >= at) continue;
      const std::size_t length = at - before;
      const bool is_same_run = length == std::exchange(run_length, length) && at - run_end < length;
      run_end = at;
      if (is_same_run || length < k_shortest_doubled || length > k_longest) continue;
      const std::size_t first = begin_of_run(text, at, length);
      const bool is_known = !found.empty() && found.back().at == first && found.back().length == length;
      if (is_known || !is_doubled(text, first, length)) continue;
      if (matters(text, first, length))
        found.push_back({first, length, begins_in_token(text, first, length)});
      if (found.size() > k_most) return {};
    }
  }
  return found;
}

std::size_t doubled_length(ByteView text, std::size_t at, std::size_t least, std::size_t most) {
  if (at < least || text.size() - at < least) return 0;
  const auto run_at = [&](std::size_t place) {
    std::uint64_t run = 0;
    std::memcpy(&run, text.data() + place, sizeof run);
    return run;
  };
  // Most places are told apart by eight bytes at once.
  const std::uint64_t first = run_at(at);
  for (std::size_t length = least; length <= std::min(at, most); ++length) {
    if (run_at(at - length) == first && is_doubled(text, at, length)) return length;
  }
  return 0;
}

std::size_t second_writing(ByteView text, std::size_t at) {
  const std::size_t length = doubled_length(text, at, k_shortest_doubled, k_longest);
  return length > 0 && matters(text, at, length) ? length : 0;
}

Reading without(ByteView text, const Doubled& doubled) {
  const std::size_t behind = doubled.at + doubled.length;
  Reading reading{Bytes(text.substr(0, doubled.at)), {{0, 0, doubled.at}}};
  reading.text.append(text.substr(behind));
  reading.spans.push_back({doubled.at, behind, text.size() - behind});
  return reading;
}

}  // namespace session::repair
