// What is remembered of a text says the same as reading it each time; and a long text behind one damage is
// kept as a short one is.

#include "repair/salvage/rest_reader.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "json/scanner.h"
#include "repair/salvage/lexing.h"
#include "support/repair_case.h"

using namespace session;
using namespace session::repair;
using session::test::check_repair;

namespace {

/// count_closers(), without anything remembered.
bool count_plainly(ByteView bytes, std::size_t at, std::string& closers) {
  closers.clear();
  std::string open;
  while (at < bytes.size()) {
    const char c = bytes[at];
    if (c == '\0') break;
    if (c == '"') {
      const StringToken token = read_string(bytes, at, bytes.size());
      if (token.how != StringEnd::closed || token.flawed) break;
      at = token.end;
      continue;
    }
    if (c == '{' || c == '[') open += c;
    if (c == '}' || c == ']') {
      if (!open.empty() && closer_of(open.back()) != c) break;
      if (open.empty()) closers += c;
      if (!open.empty()) open.pop_back();
    }
    ++at;
  }
  const bool to_end = at >= bytes.size() && open.empty();
  if (!to_end) closers.clear();
  return to_end;
}

/// Whether `opening`, which opens what `bytes` close, and they are one whole value.
bool is_whole_plainly(ByteView bytes, const std::string& closers, RestBegins begins) {
  std::string text;
  for (std::size_t i = closers.size(); i-- > 0;) {
    text += closers[i] == '}' ? '{' : '[';
    if (i > 0 && closers[i] == '}') text += "\"\":";
  }
  if (begins == RestBegins::behind_item) text += closers[0] == '}' ? R"("":"")" : R"("")";
  text += bytes;
  return parses_strictly(text, Format::json);
}

std::string element(std::size_t number) {
  const std::string n = std::to_string(number);
  return R"({"id":)" + n + R"(,"e":[1,2,)" + n + R"(],"a":{"c":"x)" + n + R"(\"]}","n":null}})";
}

/// Elements in the containers that `opening` opens and `closing` closes.
std::string document(const std::string& opening, std::size_t count, const std::string& closing) {
  std::string text = opening;
  for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + element(i);
  return text + closing;
}

void check_alike(const std::string& text, std::mt19937& random) {
  RestReader reader(text, 0, text.size());
  std::string closers;
  std::string expected;
  for (std::size_t i = 0; i < 300; ++i) {
    const std::size_t at = random() % text.size();
    CAPTURE(at);
    CAPTURE(text.substr(at, 60));
    const bool to_end = reader.count_closers(at, closers);
    REQUIRE(to_end == count_plainly(text, at, expected));
    REQUIRE(closers == expected);
    if (closers.empty()) continue;
    const RestBegins begins = i % 2 == 0 ? RestBegins::at_item : RestBegins::behind_item;
    REQUIRE(reader.is_whole(at, closers, begins) ==
            is_whole_plainly(ByteView(text).substr(at), closers, begins));
  }
}

}  // namespace

TEST_CASE("what is remembered says the same as reading to the end each time, whatever is damaged") {
  std::mt19937 random(7);
  const std::string whole = document(R"({"v":1,"list":[)", 200, R"(],"end":true})");
  for (std::size_t damages = 0; damages < 6; ++damages) {
    for (std::size_t i = 0; i < 8; ++i) {
      std::string text = whole;
      for (std::size_t n = 0; n < damages; ++n) {
        text[random() % text.size()] = std::string("*\"{}[],:\\\n\0x", 12)[random() % 12];
      }
      CAPTURE(damages);
      CAPTURE(i);
      check_alike(text, random);
    }
  }
  check_alike(std::string(20000, ']'), random);
  check_alike(std::string(20000, '['), random);
  check_alike(std::string(5000, 'x'), random);
}

TEST_CASE("a text is read to its end once, not for every place") {
  const std::string text = document(R"({"v":1,"list":[)", 2000, R"(],"end":true})");
  RestReader reader(text, 0, text.size());
  std::string closers;
  REQUIRE(reader.count_closers(0, closers));
  CHECK(reader.bytes_read() == text.size());
  std::size_t most = 0;
  for (std::size_t at = text.find("\"e\""); at != std::string::npos; at = text.find("\"e\"", at + 1)) {
    REQUIRE(reader.count_closers(at, closers));
    CHECK(closers == "}]}");
    most = std::max(most, reader.bytes_read());
    CHECK(reader.is_whole(at, closers, RestBegins::at_item));
  }
  CHECK(most < 4096);
}

TEST_CASE("a text is read once in each of the two ways in which a lost quote lets it read") {
  std::string text = document(R"({"v":1,"list":[)", 2000, R"(],"end":true})");
  text.erase(text.find("\"id\":1000") + 3, 1);
  RestReader reader(text, 0, text.size());
  std::string closers;
  for (const std::size_t at : {std::size_t{0}, text.find("\"e\"", 200), text.find("e\"", 200)}) {
    reader.count_closers(at, closers);
  }
  std::size_t most = 0;
  for (std::size_t at = text.find("\"e\"", 1000); at < text.size() - 10; at += 97) {
    reader.count_closers(at, closers);
    most = std::max(most, reader.bytes_read());
  }
  CHECK(most < 4096);
}

TEST_CASE("one byte costs no more where much follows it than where little does") {
  for (const std::size_t count : {std::size_t{10}, std::size_t{1000}, std::size_t{8000}}) {
    CAPTURE(count);
    const std::string whole = document(R"({"v":1,"list":[)", count, R"(],"end":true})");
    // The end of an array before a key.
    std::string text = whole;
    text.erase(text.find("],\"a\"", text.find("\"id\":2")), 1);
    check_repair(text, whole);
    // A comma between two elements, and one before a key.
    text = whole;
    text.erase(text.find(",{\"id\":3"), 1);
    check_repair(text, whole);
    text = whole;
    text.erase(text.find(",\"a\"", text.find("\"id\":2")), 1);
    check_repair(text, whole);
  }
  // Many of them, each where an object begins.
  const std::string whole = document(R"({"v":1,"list":[)", 4000, R"(],"end":true})");
  std::string broken = whole;
  for (std::size_t i = 5; i < 4000; i += 40)
    broken[broken.find("{\"c\"", broken.find("\"id\":" + std::to_string(i) + ","))] = '*';
  check_repair(broken, whole);
  std::string map = R"({"nodes":{)";
  for (std::size_t i = 0; i < 5; ++i) {
    map += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + R"(":{"e":[1,2,3],"a":{"c":"x"}})";
  }
  map += R"(},"pad":")" + std::string(70000, 'p') + "\"}";
  std::string text = map;
  text.erase(text.find("],\"a\"", text.find("\"k2\"")), 1);
  check_repair(text, map);
}
