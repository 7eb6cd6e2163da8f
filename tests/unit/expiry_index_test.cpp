#include "session/expiry_index.h"

#include <doctest/doctest.h>

#include <string>

using namespace session;

namespace {

TimePoint at(const char* text) { return *parse_date_time(text); }

Bytes index_of_two(std::uint64_t rules) {
  ExpiryIndex index(rules);
  index.add("b.json", at("2026-11-21T12:00:59.999Z"));
  index.add("deep/a.json", at("2030-01-01T00:00:00Z"));
  return index.serialise();
}

}  // namespace

TEST_CASE("what was added is found again, in whole minutes, never later") {
  const auto index = ExpiryIndex::parse(index_of_two(7), 7);
  REQUIRE(index);
  CHECK(index->size() == 2);
  CHECK(index->expiry_of("b.json") == at("2026-11-21T12:00:00Z"));
  CHECK(index->expiry_of("deep/a.json") == at("2030-01-01T00:00:00Z"));
  CHECK(index->expiry_of("a.json") == std::nullopt);
  CHECK(index->expiry_of("") == std::nullopt);
}

TEST_CASE("many names are all found, and others are not") {
  ExpiryIndex index(1);
  for (int i = 0; i < 20'000; ++i)
    index.add("s" + std::to_string(i) + ".json", TimePoint{} + std::chrono::hours{i + 1});
  const auto parsed = ExpiryIndex::parse(index.serialise(), 1);
  REQUIRE(parsed);
  int wrong = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (parsed->expiry_of("s" + std::to_string(i) + ".json") != TimePoint{} + std::chrono::hours{i + 1})
      ++wrong;
    if (parsed->expiry_of("t" + std::to_string(i) + ".json")) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a moment that does not fit is left out") {
  ExpiryIndex index(1);
  index.add("before.json", TimePoint{} - std::chrono::hours{1});
  index.add("never.json", TimePoint{} + std::chrono::hours{24 * 366 * 9'000});
  CHECK(index.size() == 0);
  CHECK(ExpiryIndex::parse(index.serialise(), 1).has_value());
}

TEST_CASE("other rules, and every cut and every flipped bit, are not believed") {
  const Bytes whole = index_of_two(7);
  REQUIRE(ExpiryIndex::parse(whole, 7).has_value());
  CHECK_FALSE(ExpiryIndex::parse(whole, 8).has_value());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(ExpiryIndex::parse(ByteView(whole).substr(0, length), 7).has_value());
  }
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    CHECK_FALSE(ExpiryIndex::parse(flipped, 7).has_value());
  }
  CHECK_FALSE(ExpiryIndex::parse(whole + std::string(12, '\0'), 7).has_value());
}

TEST_CASE("the fingerprint is the same for ever, and depends on every byte") {
  CHECK(fingerprint_of("") == fingerprint_of(""));
  CHECK(fingerprint_of("a.json") != fingerprint_of("b.json"));
  CHECK(fingerprint_of("12345678") != fingerprint_of(std::string("12345678") + '\0'));
  CHECK(fingerprint_of("0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b.json") == 17177390971989527163U);
}
