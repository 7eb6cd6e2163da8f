#include "session/facts.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace session;

TimePoint at(std::string_view text) { return parse_date_time(text).value(); }

Facts synapse(std::string_view bytes) { return read_facts(bytes, *find_layout("synapse")); }

TEST_CASE("the activity time is the top-level key, the last duplicate, and nothing else") {
  const Facts facts = synapse(
      R"({"history":{"last_activity":"2030-01-01T00:00:00Z"},"last_activity":"2026-01-01T00:00:00Z",)"
      R"("title":"\"last_activity\":\"2031-01-01T00:00:00Z\"","uuid":"u1","last_activity":"2026-02-01T00:00:00Z"})");
  CHECK(facts.parses);
  CHECK(facts.has_activity_field);
  REQUIRE(facts.activity.has_value());
  CHECK(*facts.activity == at("2026-02-01T00:00:00Z"));
  CHECK(facts.id == "u1");
  CHECK_FALSE(facts.pinned);
}

TEST_CASE("an escaped key is the same key") {
  const Facts facts = synapse(R"({"last\u005factivity":"2026-01-01T00:00:00Z","pinned":true})");
  CHECK(facts.activity == at("2026-01-01T00:00:00Z"));
  CHECK(facts.pinned);
}

TEST_CASE("a layout's pointer names a key with a slash or a tilde by its escapes") {
  Layout layout;
  layout.activity_pointers = {"/used~1~0at"};
  CHECK(read_facts(R"({"used/~at":"2026-01-01T00:00:00Z"})", layout).activity == at("2026-01-01T00:00:00Z"));
  CHECK_FALSE(read_facts(R"({"used~1~0at":"2026-01-01T00:00:00Z"})", layout).has_activity_field);
}

TEST_CASE("a field that cannot be read is there all the same") {
  for (const char* value : {"null", "\"yesterday\"", "{}", "[1]", "true"}) {
    const Facts facts = synapse(std::string(R"({"last_activity":)") + value + "}");
    CAPTURE(value);
    CHECK(facts.parses);
    CHECK(facts.has_activity_field);
    CHECK_FALSE(facts.activity.has_value());
  }
}

TEST_CASE("of a damaged document nothing counts") {
  const Facts facts = synapse(R"({"last_activity":"2026-01-01T00:00:00Z","uuid":"x",)");
  CHECK_FALSE(facts.parses);
  CHECK_FALSE(facts.activity.has_value());
  CHECK(facts.id.empty());
  CHECK_FALSE(synapse("").parses);
  CHECK_FALSE(synapse(R"({"last_activity":"2026-01-01T00:00:00Z"}{})").parses);
  CHECK_FALSE(synapse("{\"title\":\"\xC3\"}").parses);
}

TEST_CASE("an empty container is told") {
  CHECK(synapse("{}").empty_container);
  CHECK(synapse(" [ ] \n").empty_container);
  CHECK_FALSE(synapse("[1]").empty_container);
  CHECK_FALSE(synapse("{\"a\":{}}").empty_container);
  CHECK_FALSE(synapse("1").empty_container);
}

TEST_CASE("epoch times and the session's own TTL") {
  const Layout& layout = *find_layout("session-file-store");
  const Facts facts =
      read_facts(R"({"cookie":{"originalMaxAge":60000},"__lastAccess":1767225600000})", layout);
  CHECK(facts.activity == at("2026-01-01T00:00:00Z"));
  CHECK(facts.own_ttl == milliseconds(60000));
  CHECK_FALSE(
      read_facts(R"({"cookie":{"originalMaxAge":null},"__lastAccess":1})", layout).own_ttl.has_value());
  // The second cookie replaces the first whole.
  CHECK_FALSE(read_facts(R"({"cookie":{"originalMaxAge":1},"cookie":{}})", layout).own_ttl.has_value());
}

TEST_CASE("of records the greatest time counts, under $set too, and bad lines hide none") {
  const Layout& layout = *find_layout("gemini-cli");
  const std::string text =
      "{\"sessionId\":\"a\",\"lastUpdated\":\"2026-01-01T00:00:00Z\"}\n"
      "{\"timestamp\":\"2026-01-03T00:00:00Z\"}\n"
      "{\"$set\":{\"lastUpdated\":\"2026-01-05T00:00:00Z\"}}\n"
      "{\"timestamp\":\"2026-01-02T00:00:00Z\"}\n";
  CHECK(read_facts(text, layout).activity == at("2026-01-05T00:00:00Z"));
  CHECK(read_facts(text, layout).records == 4);
  CHECK(read_facts(text, layout).parses);
  const Facts damaged = read_facts("{\"timestamp\":\n" + text, layout);
  CHECK_FALSE(damaged.parses);
  CHECK(damaged.activity == at("2026-01-05T00:00:00Z"));
}

TEST_CASE("any cut of the input says the same") {
  const std::string text = R"({"last_activity":"2026-01-01T00:00:00Z","uuid":"\u00e9é","pinned":true} )";
  const Facts whole = synapse(text);
  FactsReader reader(*find_layout("synapse"));
  for (std::size_t size = 1; size < text.size(); ++size) {
    reader.reset();
    for (std::size_t at = 0; at < text.size(); at += size)
      reader.feed(std::string_view(text).substr(at, size));
    const Facts facts = reader.finish();
    CAPTURE(size);
    CHECK(facts.parses);
    CHECK(facts.activity == whole.activity);
    CHECK(facts.id == whole.id);
    CHECK(facts.pinned == whole.pinned);
  }
}

}  // namespace

TEST_CASE("what was fed so far shows its activity time before the end") {
  const Layout* const document = find_layout("synapse");
  FactsReader reader(*document);
  CHECK(reader.activity_so_far() == std::nullopt);
  reader.feed(R"({"context":{"last_activity":"2026-01-01T00:00:00Z"},"last_activity":"2026-01-02T00:0)");
  CHECK(reader.activity_so_far() == std::nullopt);
  reader.feed(R"(0:00Z","pad":")");
  CHECK(reader.activity_so_far() == parse_date_time("2026-01-02T00:00:00Z"));
  reader.feed("\x01");
  CHECK(reader.activity_so_far() == std::nullopt);

  FactsReader records(*find_layout("jsonl"));
  records.feed("{\"timestamp\":\"2026-01-03T00:00:00Z\"}\n{\"timestamp\":\"2026-01-02T00:00:00Z\"}\n{\"ti");
  CHECK(records.activity_so_far() == parse_date_time("2026-01-03T00:00:00Z"));
}
