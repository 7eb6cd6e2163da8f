#pragma once
// Searches for the bytes that matter to JSON, several at a time. SSE2 is part of every x86-64; elsewhere
// eight bytes are looked at as one word.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace session::json {

/// Whether `byte` ends a run of plain string content: a quote, a backslash or a control character.
inline bool is_string_special(char byte) {
  return byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < 0x20;
}

#if defined(__SSE2__)

/// A bit for each of the 16 bytes at `p` for which is_string_special() holds.
inline unsigned string_specials(const char* p) {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i quotes = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i backslashes = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls)));
}

/// The first byte in [p, end) for which is_string_special() holds, or `end`.
inline const char* find_string_special(const char* p, const char* end) {
  while (end - p >= 16) {
    if (const unsigned found = string_specials(p); found != 0) return p + std::countr_zero(found);
    p += 16;
  }
  while (p != end && !is_string_special(*p)) ++p;
  return p;
}

#else

/// The first byte in [p, end) for which is_string_special() holds, or `end`.
inline const char* find_string_special(const char* p, const char* end) {
  constexpr std::uint64_t k_ones = 0x0101010101010101, k_highs = 0x8080808080808080;
  while (end - p >= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    const std::uint64_t quotes = word ^ (k_ones * '"'), backslashes = word ^ (k_ones * '\\');
    // A set high bit may be a false alarm next to a true one, never a miss.
    const std::uint64_t found = ((quotes - k_ones) & ~quotes) | ((backslashes - k_ones) & ~backslashes) |
                                ((word - k_ones * 0x20) & ~word);
    if ((found & k_highs) != 0) break;
    p += 8;
  }
  while (p != end && !is_string_special(*p)) ++p;
  return p;
}

#endif

/// How many bytes in [p, end) equal `byte`.
std::size_t count_bytes(const char* p, const char* end, char byte);
/// How many characters begin in [p, end), which is valid UTF-8.
std::size_t count_valid_characters(const char* p, const char* end);

inline bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

namespace detail {
inline constexpr auto k_hex_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int digit = 0; digit < 16; ++digit) {
    values[static_cast<unsigned char>("0123456789abcdef"[digit])] = static_cast<std::int8_t>(digit);
    values[static_cast<unsigned char>("0123456789ABCDEF"[digit])] = static_cast<std::int8_t>(digit);
  }
  return values;
}();
}  // namespace detail

/// The value of a hexadecimal digit, or -1.
inline int hex_value(char byte) { return detail::k_hex_values[static_cast<unsigned char>(byte)]; }

/// Blanks of RFC 8259.
inline bool is_blank(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

}  // namespace session::json
