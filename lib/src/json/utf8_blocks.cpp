#include "json/utf8_blocks.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace session::json {
namespace {

bool is_valid_by_simdjson(const char* p, const char* end) {
  return simdjson::get_active_implementation()->validate_utf8(p, static_cast<std::size_t>(end - p));
}

#if defined(__x86_64__)

// simdjson asks every 64 bytes whether they are ASCII. In text with a few other characters to the line that
// question is guessed wrongly so often that its answers cost twice as much as judging all bytes alike.

using Table = std::array<std::uint8_t, 16>;

/// What two bytes may not be one behind the other: a set of the high and one of the low halves of the first,
/// and one of the high halves of the second; bit n of each stands for the half n.
struct Forbidden {
  unsigned first_high, first_low, second_high;
};
constexpr unsigned k_any = 0xFFFF, k_ascii = 0x00FF, k_continuation = 0x0F00, k_lead = 0xF000;
constexpr std::array<Forbidden, 8> k_forbidden = {{
    {k_ascii, k_any, k_continuation},
    {k_lead, k_any, k_ascii | k_lead},
    {1U << 0xC, 0x0003, k_continuation},      // overlong, two bytes
    {1U << 0xE, 0x0001, 0x0300},              // overlong, three
    {1U << 0xE, 1U << 0xD, 0x0C00},           // surrogates
    {1U << 0xF, 0xFFE1, 1U << 8},             // overlong, four; beyond the last plane
    {1U << 0xF, 0xFFF0, 0x0E00},              // beyond the last plane
    {k_continuation, k_any, k_continuation},  // the last, as k_third_byte has it: right in longer characters
}};
constexpr char k_third_byte = static_cast<char>(0x80);

/// For each half of a byte the rules, a bit each, whose set `member` has it.
constexpr Table table_of(unsigned Forbidden::*member) {
  Table table{};
  for (std::size_t half = 0; half < table.size(); ++half) {
    for (std::size_t rule = 0; rule < k_forbidden.size(); ++rule) {
      if ((k_forbidden[rule].*member >> half & 1) != 0) table[half] |= static_cast<std::uint8_t>(1U << rule);
    }
  }
  return table;
}
constexpr Table k_by_first_high = table_of(&Forbidden::first_high);
constexpr Table k_by_first_low = table_of(&Forbidden::first_low);
constexpr Table k_by_second_high = table_of(&Forbidden::second_high);

constexpr std::ptrdiff_t k_lane = 32;
constexpr std::ptrdiff_t k_before = 3;  ///< so many bytes before a block are looked at
constexpr std::ptrdiff_t k_group = 4 * k_lane;

[[gnu::target("avx2")]] inline __m256i load(const char* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

[[gnu::target("avx2")]] inline __m256i look_up(const Table& table, __m256i halves) {
  const __m128i row = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data()));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(row), halves);
}

[[gnu::target("avx2")]] inline __m256i high_halves(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

/// Nonzero where the block at `p` has a byte that may not stand behind the three before it.
[[gnu::target("avx2")]] inline __m256i mistakes(const char* p, __m256i block) {
  const __m256i before = load(p - 1);
  const __m256i broken = _mm256_and_si256(
      _mm256_and_si256(look_up(k_by_first_high, high_halves(before)),
                       look_up(k_by_first_low, _mm256_and_si256(before, _mm256_set1_epi8(0x0F)))),
      look_up(k_by_second_high, high_halves(block)));
  // 0xE0 and above want a third byte, 0xF0 and above a fourth: the subtraction leaves 0x80 or more of those.
  const __m256i third = _mm256_subs_epu8(load(p - 2), _mm256_set1_epi8(0xE0 - 0x80));
  const __m256i fourth = _mm256_subs_epu8(load(p - 3), _mm256_set1_epi8(0xF0 - 0x80));
  const __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(k_third_byte));
  return _mm256_xor_si256(broken, wanted);
}

/// The same for `size` bytes, at most a block, of which only so many `before` are text. A smaller block is
/// the text's last: it may not end within a character.
[[gnu::target("avx2")]] inline __m256i mistakes_at_border(const char* p, std::ptrdiff_t size,
                                                          std::ptrdiff_t before) {
  std::array<char, k_before + k_lane> padded{};
  std::memcpy(padded.data() + k_before - before, p - before, static_cast<std::size_t>(before + size));
  return mistakes(padded.data() + k_before, load(padded.data() + k_before));
}

[[gnu::target("avx2")]] inline __m256i mistakes_in_group(const char* p) {
  const __m256i a = load(p), b = load(p + k_lane), c = load(p + 2 * k_lane), d = load(p + 3 * k_lane);
  const __m256i first = mistakes(p, a);
  const __m256i any = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
  // In ASCII only what the bytes before it still want can be wrong.
  if (_mm256_movemask_epi8(any) == 0) return first;
  return _mm256_or_si256(_mm256_or_si256(first, mistakes(p + k_lane, b)),
                         _mm256_or_si256(mistakes(p + 2 * k_lane, c), mistakes(p + 3 * k_lane, d)));
}

[[gnu::target("avx2")]] bool is_valid_by_avx2(const char* p, const char* end) {
  const std::ptrdiff_t first = std::min(end - p, k_lane);
  __m256i wrong = mistakes_at_border(p, first, 0);
  p += first;
  for (; end - p >= k_group; p += k_group) wrong = _mm256_or_si256(wrong, mistakes_in_group(p));
  for (; end - p >= k_lane; p += k_lane) wrong = _mm256_or_si256(wrong, mistakes(p, load(p)));
  if (first == k_lane) wrong = _mm256_or_si256(wrong, mistakes_at_border(p, end - p, k_before));
  return _mm256_testz_si256(wrong, wrong) != 0;
}

const bool k_judges_by_avx2 = __builtin_cpu_supports("avx2");

#endif

}  // namespace

bool is_valid_utf8(const char* p, const char* end) {
  if (p == end) return true;
#if defined(__x86_64__)
  if (k_judges_by_avx2) return is_valid_by_avx2(p, end);
#endif
  return is_valid_by_simdjson(p, end);
}

void prepare_utf8() {
#if defined(__x86_64__)
  if (k_judges_by_avx2) return;
#endif
  static_cast<void>(simdjson::get_active_implementation()->name());
}

}  // namespace session::json
