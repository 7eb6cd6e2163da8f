#include "repair/doubled.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace session::repair {
namespace {

// Shorter pieces stand twice in a row by chance, longer ones are looked for as documents of their own.
constexpr std::size_t k_shortest = 12;
constexpr std::size_t k_longest = 4096;
constexpr std::size_t k_largest_text = std::size_t{1} << 20;
constexpr std::size_t k_most_tried = 16;

/// Remembers where each run of eight bytes was seen last.
class LastSeen {
 public:
  explicit LastSeen(ByteView text)
      : text_(text), shift_(64 - width_for(text.size())), places_(std::size_t{1} << (64 - shift_)) {}

  /// Where the bytes at `at` were seen before, as far as is known; notes them.
  std::size_t swap(std::size_t at) {
    std::uint64_t run = 0;
    std::memcpy(&run, text_.data() + at, sizeof run);
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

/// Whether leaving it out may change how the text is read: of what is balanced a text has as many as it
/// wants.
bool is_unbalanced(ByteView piece) {
  const auto count = [&](char c) { return std::ranges::count(piece, c); };
  return count('"') % 2 != 0 || count('{') != count('}') || count('[') != count(']') || count(':') != 0;
}

/// Whether [at, at + length) stands right before it too, and no third time. What begins where the text does
/// is not meant: there a document or record begins, and once more behind it.
bool is_doubled(ByteView text, std::size_t at, std::size_t length) {
  if (length < k_shortest || length > k_longest || at <= length || text.size() - at < length) return false;
  const ByteView piece = text.substr(at, length);
  if (text.substr(at - length, length) != piece) return false;
  const bool before = at >= 2 * length && text.substr(at - 2 * length, length) == piece;
  return !before && text.substr(at + length, length) != piece;
}

/// Where the run of bytes begins in which those at `at` are again what stands `length` before them.
std::size_t begin_of_run(ByteView text, std::size_t at, std::size_t length) {
  const std::size_t least = std::max(length, at - length);
  while (at > least && text[at - 1] == text[at - 1 - length]) --at;
  return at;
}

std::vector<Doubled> all_doubled(ByteView text) {
  std::vector<Doubled> found;
  LastSeen seen(text);
  std::size_t run_end = 0;
  std::size_t run_length = 0;
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= text.size(); ++at) {
    const std::size_t before = seen.swap(at);
    if (before >= at) continue;
    const std::size_t length = at - before;
    const bool is_same_run = length == std::exchange(run_length, length) && at == run_end + 1;
    run_end = at;
    if (is_same_run || length < k_shortest || length > k_longest) continue;
    const std::size_t first = begin_of_run(text, at, length);
    if (!is_doubled(text, first, length)) continue;
    if (is_unbalanced(text.substr(first, length))) found.push_back({first, length});
  }
  return found;
}

}  // namespace

std::optional<Doubled> find_doubled(ByteView bytes, std::size_t begin, std::size_t end,
                                    const std::function<bool(ByteView)>& is_whole) {
  const ByteView text = bytes.substr(begin, end - begin);
  if (text.size() < 2 * k_shortest || text.size() > k_largest_text) return std::nullopt;
  const std::vector<Doubled> all = all_doubled(text);
  if (all.empty() || all.size() > k_most_tried || is_whole(text)) return std::nullopt;
  std::optional<Doubled> only;
  for (const Doubled& each : all) {
    Bytes without(text.substr(0, each.at));
    without.append(text.substr(each.at + each.length));
    if (!is_whole(without)) continue;
    if (only && (only->at != each.at || only->length != each.length)) return std::nullopt;
    only = each;
  }
  if (only) only->at += begin;
  return only;
}

std::size_t doubled_length(ByteView bytes, std::size_t begin, std::size_t at, std::size_t end) {
  const ByteView text = bytes.substr(begin, end - begin);
  const std::size_t second = at - begin;
  if (second < k_shortest || text.size() - second < k_shortest) return 0;
  const std::size_t from = second > k_longest ? second - k_longest : 0;
  const ByteView before = text.substr(from, second - from);
  const ByteView first = text.substr(second, k_shortest);
  for (std::size_t found = before.rfind(first); found != ByteView::npos;
       found = found == 0 ? ByteView::npos : before.rfind(first, found - 1)) {
    const std::size_t length = before.size() - found;
    if (is_doubled(text, second, length) && is_unbalanced(text.substr(second, length))) return length;
  }
  return 0;
}

}  // namespace session::repair
