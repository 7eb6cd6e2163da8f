#pragma once
// Tokens as values: what the text of a string or number means.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "json/scanner.h"

namespace session::json {

/// A string's content, escapes resolved; a lone surrogate becomes U+FFFD.
std::string text_of(const Token& string);
/// The same; `buffer` is used only where there are escapes to resolve.
std::string_view text_of(const Token& string, std::string& buffer);

inline std::uint64_t hash_of_bytes(std::string_view bytes) {
  constexpr std::uint64_t k_multiplier = 0x9E3779B97F4A7C15U;
  const std::size_t size = bytes.size();
  std::uint64_t hash = size * k_multiplier;
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * k_multiplier;
    hash ^= hash >> 29;
  };
  const auto load = [](const char* at, auto word) {
    std::memcpy(&word, at, sizeof word);
    return std::uint64_t{word};
  };
  const char* const p = bytes.data();
  // The last word overlaps the one before, so that no byte is looked at by itself.
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) mix(load(p + at, std::uint64_t{}));
    mix(load(p + size - 8, std::uint64_t{}));
  } else if (size >= 4) {
    mix(load(p, std::uint32_t{}) | load(p + size - 4, std::uint32_t{}) << 32);
  } else if (size > 0) {
    mix(load(p, std::uint8_t{}) | load(p + size / 2, std::uint8_t{}) << 8 |
        load(p + size - 1, std::uint8_t{}) << 16);
  }
  return hash;
}

/// Out of line, so that the common case needs no room for a string.
std::uint64_t hash_of_escaped(const Token& string);
/// Equal for strings that mean the same, however they are escaped.
inline std::uint64_t hash_of_string(const Token& string) {
  return string.escaped ? hash_of_escaped(string) : hash_of_bytes(string.text);
}

bool fits_64_bits(const Token& integer);
/// Whether the number is finite as a double; underflow to zero is.
bool fits_double(const Token& number);
/// Nullopt where it does not fit.
std::optional<double> number_of(const Token& number);

}  // namespace session::json
