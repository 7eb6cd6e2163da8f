#include "session/content_hash.h"

#include <nettle/sha2.h>

#include <algorithm>
#include <array>

namespace session {
namespace {

constexpr std::string_view k_prefix = "sha256:";
constexpr std::size_t k_hex_digits = SHA256_DIGEST_SIZE * 2;

std::string_view digits_of(std::string_view text) {
  return text.starts_with(k_prefix) ? text.substr(k_prefix.size()) : text;
}

char to_lower(char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

}  // namespace

struct ContentHash::State {
  State() { sha256_init(&context); }
  sha256_ctx context;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {}
ContentHash::ContentHash(ContentHash&&) noexcept = default;
ContentHash& ContentHash::operator=(ContentHash&&) noexcept = default;
ContentHash::~ContentHash() = default;

void ContentHash::update(ByteView bytes) {
  sha256_update(&state_->context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::string ContentHash::finish() {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_digest(&state_->context, digest.size(), digest.data());
  std::string text(k_prefix);
  for (const std::uint8_t byte : digest) {
    text += k_digits[byte >> 4];
    text += k_digits[byte & 0xF];
  }
  return text;
}

std::string content_hash(ByteView bytes) {
  ContentHash hash;
  hash.update(bytes);
  return hash.finish();
}

bool is_content_hash(std::string_view text) {
  const std::string_view digits = digits_of(text);
  return digits.size() == k_hex_digits && std::ranges::all_of(digits, is_hex_digit);
}

bool names_same_content(std::string_view given, std::string_view hash) {
  return std::ranges::equal(digits_of(given), digits_of(hash), {}, to_lower, to_lower);
}

}  // namespace session
