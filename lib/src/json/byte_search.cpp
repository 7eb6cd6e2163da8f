#include "json/byte_search.h"

#include <algorithm>

namespace session::json {
#if defined(__SSE2__)
namespace {

/// Sums what `matches` says of 16 bytes at a time, a bit a byte.
template <class Matches, class MatchesOne>
std::size_t count_if_16(const char* p, const char* end, Matches matches, MatchesOne matches_one) {
  std::size_t count = 0;
  while (end - p >= 16) {
    // A byte counts to 255 before it is summed up.
    const char* const stop = p + std::min<std::ptrdiff_t>((end - p) / 16, 255) * 16;
    __m128i counts = _mm_setzero_si128();
    for (; p != stop; p += 16) {
      counts = _mm_sub_epi8(counts, matches(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
    }
    const __m128i sums = _mm_sad_epu8(counts, _mm_setzero_si128());
    count += static_cast<std::size_t>(_mm_cvtsi128_si32(sums)) +
             static_cast<std::size_t>(_mm_cvtsi128_si32(_mm_srli_si128(sums, 8)));
  }
  return count + static_cast<std::size_t>(std::count_if(p, end, matches_one));
}

}  // namespace

std::size_t count_bytes(const char* p, const char* end, char byte) {
  const __m128i wanted = _mm_set1_epi8(byte);
  return count_if_16(
      p, end, [wanted](__m128i block) { return _mm_cmpeq_epi8(block, wanted); },
      [byte](char one) { return one == byte; });
}

std::size_t count_valid_characters(const char* p, const char* end) {
  // Continuation bytes are 0x80 to 0xBF: as signed numbers those below -64.
  const __m128i first_lead = _mm_set1_epi8(-65);
  return count_if_16(
      p, end, [first_lead](__m128i block) { return _mm_cmpgt_epi8(block, first_lead); },
      [](char one) { return static_cast<signed char>(one) > -65; });
}

#else

std::size_t count_bytes(const char* p, const char* end, char byte) {
  return static_cast<std::size_t>(std::count(p, end, byte));
}

std::size_t count_valid_characters(const char* p, const char* end) {
  return static_cast<std::size_t>(
      std::count_if(p, end, [](char one) { return static_cast<signed char>(one) > -65; }));
}

#endif

}  // namespace session::json
