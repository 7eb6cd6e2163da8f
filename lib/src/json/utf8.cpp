#include "json/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "json/utf8_blocks.h"

namespace session::json {
namespace {

constexpr std::ptrdiff_t k_validated_at_once = 8192;

unsigned byte_at(const char* p) { return static_cast<unsigned char>(*p); }
bool is_continuation(const char* p) { return (byte_at(p) & 0xC0U) == 0x80U; }

/// What the second byte of a character may be, which is where overlong forms, surrogates and values
/// beyond the last plane show.
bool second_byte_fits(unsigned lead, unsigned second) {
  switch (lead) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return (second & 0xC0U) == 0x80U;
  }
}

std::size_t length_by_lead(unsigned lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

/// How many bytes at `p` are the beginning of the character that the first of them announces.
std::size_t matching_bytes(const char* p, const char* end) {
  const std::size_t length = length_by_lead(byte_at(p));
  if (length == 0) return 0;
  const std::size_t available = std::min(length, static_cast<std::size_t>(end - p));
  std::size_t matched = 1;
  while (matched < available &&
         (matched == 1 ? second_byte_fits(byte_at(p), byte_at(p + 1)) : is_continuation(p + matched))) {
    ++matched;
  }
  return matched;
}

using Block = std::array<std::uint64_t, 8>;

bool is_ascii(const Block& block) {
  std::uint64_t bits = 0;
  for (const std::uint64_t word : block) bits |= word;
  return (bits & 0x8080'8080'8080'8080U) == 0;
}

/// Over all of [p, end) that is ASCII, by blocks, of which only the last may be a part of one.
const char* pass_ascii(const char* p, const char* end) {
  Block block{};
  for (; static_cast<std::size_t>(end - p) >= sizeof block; p += sizeof block) {
    std::memcpy(block.data(), p, sizeof block);
    if (!is_ascii(block)) return p;
  }
  block = {};
  std::memcpy(block.data(), p, static_cast<std::size_t>(end - p));
  return is_ascii(block) ? end : p;
}

/// Most sessions are ASCII for the most part.
bool is_valid(const char* p, const char* end) {
  p = pass_ascii(p, end);
  return p == end || is_valid_utf8(p, end);
}

}  // namespace

std::size_t utf8_character(const char* p, const char* end) {
  const std::size_t length = length_by_lead(byte_at(p));
  return length != 0 && matching_bytes(p, end) == length ? length : 0;
}

std::size_t utf8_mistake(const char* p, const char* end) {
  return std::max<std::size_t>(1, matching_bytes(p, end));
}

const char* utf8_whole_end(const char* begin, const char* end) {
  const char* p = end;
  for (int back = 0; back < 3 && p != begin; ++back) {
    --p;
    if (is_continuation(p)) continue;
    const bool cut = length_by_lead(byte_at(p)) > static_cast<std::size_t>(end - p) &&
                     matching_bytes(p, end) == static_cast<std::size_t>(end - p);
    return cut ? p : end;
  }
  return end;
}

void Utf8Walker::prepare() { prepare_utf8(); }

const char* Utf8Walker::valid_end(const char* p, const char* end) {
  while (p != end) {
    if (careful_until_ == nullptr || p >= careful_until_) {
      const char* block = end - p > k_validated_at_once ? utf8_whole_end(p, p + k_validated_at_once) : end;
      if (is_valid(p, block)) {
        p = block;
        continue;
      }
      careful_until_ = block;
    }
    while (p < careful_until_) {
      const std::size_t length = utf8_character(p, end);
      if (length == 0) return p;
      p += length;
    }
  }
  return p;
}

}  // namespace session::json
