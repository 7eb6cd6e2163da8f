#include "json/string_run.h"

#include <bit>
#include <cstdint>

#include "json/byte_search.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace session::json {
namespace {

constexpr std::ptrdiff_t k_block = 64;

/// Bit i of each: what the i-th byte of a block is.
struct BlockBits {
  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  std::uint64_t controls = 0;
};

/// Whether four hexadecimal digits stand at `p` that mean a character by themselves: the halves of surrogate
/// pairs want a closer look.
bool is_whole_character(const char* p, const char* end) {
  if (end - p < 4) return false;
  const int first = hex_value(p[0]), second = hex_value(p[1]), third = hex_value(p[2]),
            last = hex_value(p[3]);
  return (first | second | third | last) >= 0 && !(first == 0xD && second >= 8);
}

/// The bytes that a backslash before them escapes. In a run of backslashes every second one is escaped, and
/// so is what follows a run of odd length. Adding a run's first bit to the run carries to the bit behind it;
/// whether first and last stand on bits of the same parity tells odd from even length.
std::uint64_t escaped_bytes(std::uint64_t backslashes, bool& first_is_escaped) {
  constexpr std::uint64_t k_even = 0x5555555555555555U;
  const std::uint64_t carried = first_is_escaped ? 1 : 0;
  const std::uint64_t escaping = backslashes & ~carried;
  const std::uint64_t behind = escaping << 1 | carried;
  const std::uint64_t odd_begins = escaping & ~k_even & ~behind;
  std::uint64_t behind_runs = 0;
  first_is_escaped = __builtin_add_overflow(odd_begins, escaping, &behind_runs);
  return (k_even ^ (behind_runs << 1)) & behind;
}

#if defined(__x86_64__)

[[gnu::target("avx2,bmi")]] inline std::uint64_t top_bits(__m256i low, __m256i high) {
  return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(low))} |
         std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

[[gnu::target("avx2,bmi")]] inline BlockBits look_at(__m256i low, __m256i high) {
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i last_control = _mm256_set1_epi8(0x1F);
  return {top_bits(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)),
          top_bits(_mm256_cmpeq_epi8(low, backslash), _mm256_cmpeq_epi8(high, backslash)),
          top_bits(_mm256_cmpeq_epi8(_mm256_min_epu8(low, last_control), low),
                   _mm256_cmpeq_epi8(_mm256_min_epu8(high, last_control), high))};
}

/// What each byte is to an escape, each known by its two halves: the low four bits for the rows 2, 5, 6 and 7
/// of the code table, which have the letters that end one, "\/bfnrt; then hexadecimal digits, those of row 3
/// and those of rows 4 and 6; then u.
[[gnu::target("avx2,bmi")]] inline __m256i escape_classes(__m256i bytes) {
  const __m256i by_low = _mm256_setr_epi8(16, 48, 61, 48, 56, 112, 52, 16, 16, 16, 0, 0, 2, 0, 4, 1,  //
                                          16, 48, 61, 48, 56, 112, 52, 16, 16, 16, 0, 0, 2, 0, 4, 1);
  const __m256i by_high = _mm256_setr_epi8(0, 0, 1, 16, 32, 2, 36, 72, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                           0, 0, 1, 16, 32, 2, 36, 72, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const __m256i low = _mm256_and_si256(bytes, nibble);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
  return _mm256_and_si256(_mm256_shuffle_epi8(by_low, low), _mm256_shuffle_epi8(by_high, high));
}

/// The bytes that are in none of `classes`.
[[gnu::target("avx2,bmi")]] inline std::uint64_t in_none_of(char classes, __m256i low, __m256i high) {
  const __m256i wanted = _mm256_set1_epi8(classes);
  const __m256i zero = _mm256_setzero_si256();
  return top_bits(_mm256_cmpeq_epi8(_mm256_and_si256(low, wanted), zero),
                  _mm256_cmpeq_epi8(_mm256_and_si256(high, wanted), zero));
}

/// The bytes D and d, with which a half of a surrogate pair begins.
[[gnu::target("avx2,bmi")]] inline std::uint64_t letters_d(__m256i low, __m256i high) {
  const __m256i small = _mm256_set1_epi8(0x20), letter = _mm256_set1_epi8('d');
  return top_bits(_mm256_cmpeq_epi8(_mm256_or_si256(low, small), letter),
                  _mm256_cmpeq_epi8(_mm256_or_si256(high, small), letter));
}

/// The bytes that end no escape of one letter and begin no digits of a \u that certainly means a character by
/// itself: none of those whose digits the block does not have.
[[gnu::target("avx2,bmi")]] inline std::uint64_t no_plain_escapes(__m256i low, __m256i high) {
  constexpr char k_letters = 15, k_digits = 48, k_unicode = 64;
  const __m256i classes_low = escape_classes(low), classes_high = escape_classes(high);
  const std::uint64_t digits = ~in_none_of(k_digits, classes_low, classes_high);
  const std::uint64_t four_digits = digits >> 1 & digits >> 2 & digits >> 3 & digits >> 4;
  const std::uint64_t plain = four_digits & ~(letters_d(low, high) >> 1);
  return in_none_of(k_letters, classes_low, classes_high) &
         (in_none_of(k_unicode, classes_low, classes_high) | ~plain);
}

/// Of the escaped bytes that are no letter by themselves, those that are no \u of a character's own either.
[[gnu::target("avx2,bmi")]] inline std::uint64_t wrong_escapes(const char* block, const char* end,
                                                               std::uint64_t candidates) {
  while (candidates != 0) {
    const char* const letter = block + std::countr_zero(candidates);
    if (*letter != 'u' || !is_whole_character(letter + 1, end)) return candidates;
    candidates &= candidates - 1;
  }
  return 0;
}

[[gnu::target("avx2,bmi")]] StringRun pass_blocks_avx2(const char* p, const char* end) {
  bool first_is_escaped = false;
  bool escaped = false;
  for (; end - p >= k_block; p += k_block) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
    const BlockBits bits = look_at(low, high);
    std::uint64_t escapes = 0;
    std::uint64_t stops = bits.quotes | bits.controls;
    if (bits.backslashes != 0 || first_is_escaped) {
      escapes = escaped_bytes(bits.backslashes, first_is_escaped);
      stops = (bits.quotes & ~escapes) | bits.controls;
      // Nothing behind the end of the string is looked at.
      const std::uint64_t inside = stops == 0 ? escapes : escapes & (stops - 1) & ~stops;
      stops |= wrong_escapes(p, end, inside & no_plain_escapes(low, high));
    }
    if (stops != 0) {
      const int at = std::countr_zero(stops);
      escaped = escaped || (bits.backslashes & ((std::uint64_t{1} << at) - 1)) != 0;
      const bool in_escape = (escapes >> at & 1) != 0;
      return {p + at - (in_escape ? 1 : 0), escaped};
    }
    escaped = escaped || bits.backslashes != 0;
  }
  return {p - (first_is_escaped ? 1 : 0), escaped};
}

const bool k_has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");

#endif

}  // namespace

StringRun pass_string_blocks(const char* p, const char* end) {
#if defined(__x86_64__)
  if (k_has_avx2) return pass_blocks_avx2(p, end);
#endif
  return {p, false};
}

}  // namespace session::json
