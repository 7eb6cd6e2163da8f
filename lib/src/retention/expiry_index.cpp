#include "session/expiry_index.h"

#include <algorithm>
#include <array>
#include <limits>

namespace session {
namespace {

using Minutes = std::chrono::duration<std::int64_t, std::ratio<60>>;

// magic, rules, count, fingerprint of the rest; then 12 bytes an entry; all numbers little-endian.
constexpr std::string_view k_magic = "SESSEXP1";
constexpr std::size_t k_header_bytes = 32;
constexpr std::size_t k_entry_bytes = 12;

template <class Number>
void put(Bytes& bytes, Number number) {
  std::array<char, sizeof(Number)> little{};
  for (char& byte : little) {
    byte = static_cast<char>(number & 0xFF);
    number = static_cast<Number>(number >> 8);
  }
  bytes.append(little.data(), little.size());
}

template <class Number>
Number get(ByteView bytes, std::size_t at) {
  Number number = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) {
    number = static_cast<Number>(number << 8) | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

}  // namespace

std::uint64_t fingerprint_of(std::string_view bytes) {
  constexpr std::uint64_t k_multiplier = 0x9E37'79B9'7F4A'7C15U;
  std::uint64_t hash = bytes.size() * k_multiplier;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * k_multiplier;
    hash ^= hash >> 29;
  };
  for (; bytes.size() >= sizeof(std::uint64_t); bytes.remove_prefix(sizeof(std::uint64_t))) {
    mix(get<std::uint64_t>(bytes, 0));
  }
  std::uint64_t last = 0;
  for (const char byte : bytes) last = last << 8 | static_cast<unsigned char>(byte);
  mix(last);
  mix(k_multiplier);
  return hash;
}

std::optional<ExpiryIndex> ExpiryIndex::parse(ByteView bytes, std::uint64_t rules) {
  if (bytes.size() < k_header_bytes || !bytes.starts_with(k_magic)) return std::nullopt;
  const ByteView body = bytes.substr(k_header_bytes);
  const auto count = get<std::uint64_t>(bytes, 16);
  const bool is_whole = body.size() % k_entry_bytes == 0 && body.size() / k_entry_bytes == count &&
                        get<std::uint64_t>(bytes, 24) == fingerprint_of(body);
  if (!is_whole || get<std::uint64_t>(bytes, 8) != rules) return std::nullopt;
  ExpiryIndex index(rules);
  index.entries_.reserve(count);
  for (std::size_t at = 0; at < body.size(); at += k_entry_bytes) {
    index.entries_.push_back({get<std::uint64_t>(body, at), get<std::uint32_t>(body, at + 8)});
  }
  return index;
}

Bytes ExpiryIndex::serialise() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  Bytes body;
  body.reserve(entries_.size() * k_entry_bytes);
  for (const Entry& entry : entries_) {
    put(body, entry.key);
    put(body, entry.minutes);
  }
  Bytes bytes;
  bytes.reserve(k_header_bytes + body.size());
  bytes += k_magic;
  put(bytes, rules_);
  put(bytes, std::uint64_t{entries_.size()});
  put(bytes, fingerprint_of(body));
  bytes += body;
  return bytes;
}

void ExpiryIndex::add(std::string_view path, TimePoint expiry) {
  const std::int64_t minutes = std::chrono::floor<Minutes>(expiry.time_since_epoch()).count();
  if (minutes < 0 || minutes > std::numeric_limits<std::uint32_t>::max()) return;
  entries_.push_back({fingerprint_of(path), static_cast<std::uint32_t>(minutes)});
}

std::optional<TimePoint> ExpiryIndex::expiry_of(std::string_view path) const {
  if (entries_.empty()) return std::nullopt;
  const std::uint64_t key = fingerprint_of(path);
  // Fingerprints are spread evenly, so that most keys stand close to where their value says.
  constexpr std::size_t k_close = 512;
  const std::size_t size = entries_.size();
  const auto guess = static_cast<std::size_t>(static_cast<double>(key) * 0x1p-64 * static_cast<double>(size));
  std::size_t begin = guess > k_close ? guess - k_close : 0;
  std::size_t end = std::min(guess + k_close, size);
  if (begin >= size || entries_[begin].key > key) begin = 0;
  if (end < size && entries_[end].key <= key) end = size;
  const auto at = [this](std::size_t index) { return entries_.begin() + static_cast<std::ptrdiff_t>(index); };
  const auto place = std::lower_bound(
      at(begin), at(end), key, [](const Entry& entry, std::uint64_t wanted) { return entry.key < wanted; });
  if (place == entries_.end() || place->key != key) return std::nullopt;
  return TimePoint{Minutes{place->minutes}};
}

}  // namespace session
