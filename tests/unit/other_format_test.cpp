// Content against name: a document named as JSON Lines, records named as a document.

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "session/repair.h"
#include "support/repair_case.h"

using namespace session;
using namespace session::test;

namespace {

/// `text` is whole as what it is not called, and left alone.
void check_left(ByteView text, Format format, const char* layout = nullptr) {
  CAPTURE(text);
  const RepairPlan plan = plan_of(text, format, layout);
  CHECK(plan.status == RepairStatus::beyond_text);
  CHECK(needs_repair(plan.before));
  CHECK(plan.content.empty());
}

const std::string k_log =
    "{\"ts\":\"2026-01-01T00:00:01Z\",\"msg\":\"one\"}\n"
    "{\"ts\":\"2026-01-01T00:00:02Z\",\"msg\":\"two\"}\n"
    "{\"ts\":\"2026-01-01T00:00:03Z\",\"msg\":\"three\"}\n";

}  // namespace

TEST_CASE("one valid document named as JSON Lines is left as it is") {
  check_left("[{\"i\":1},\n{\"i\":2},\n{\"i\":3}]\n", Format::json_lines);
  check_left("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n", Format::json_lines);
  check_left("[{\"type\":\"user\"},\n{\"type\":\"user\"}]\n", Format::json_lines, "claude-code");
  // Of a layout that has records it is one, broken over lines.
  check_repair("{\"type\":\"user\",\n\"n\":1}\n", "{\"type\":\"user\",\"n\":1}\n", Format::json_lines,
               "claude-code");
}

TEST_CASE("sound records named as a document are left as they are") {
  check_left(k_log, Format::json);
  check_left("\n" + k_log + "\n", Format::json);
  check_left("[1,\"a\"]\n[2,\"b\"]\n", Format::json);
  check_left(
      "{\"sessionId\":\"s\",\"uuid\":\"1\",\"of\":[1,2,3]}\n{\"sessionId\":\"s\",\"uuid\":\"2\",\"of\":[1,2,"
      "3]}\n",
      Format::json);
  check_left(
      "{\"tags\":[\"a\"],\"text\":\"the first one\"}\n{\"tags\":[\"a\"],\"text\":\"the second one\"}\n",
      Format::json);
  check_left(
      "{\"messages\":[{\"role\":\"system\"},{\"n\":1}]}\n{\"messages\":[{\"role\":\"system\"},{\"n\":2}]}\n",
      Format::json);
}

TEST_CASE(
    "records named as a document are left where one of them is cut: repaired as what they are named, all but "
    "one go") {
  const std::string cut = k_log + "{\"ts\":\"2026-01-01T00:00:04Z\",\"ms";
  check_left(cut, Format::json);
  CHECK(plan_of(cut, Format::json_lines).content == k_log + "{\"ts\":\"2026-01-01T00:00:04Z\"}\n");
}

TEST_CASE("versions of one session stay versions, whatever stands between them") {
  for (const std::string between : {"", "\n", "\n\n"}) {
    const auto check_newest = [&](const std::string& older, const std::string& newer) {
      check_repair(older + between + newer, newer);
    };
    check_newest(R"({"id":"s","messages":[{"n":1}]})", R"({"id":"s","messages":[{"n":1},{"n":2}]})");
    check_newest(R"({"messages":[{"n":1}]})", R"({"messages":[{"n":1},{"n":2}]})");
    check_newest(R"({"updated":1,"of":{"a":{"n":1}}})", R"({"updated":2,"of":{"a":{"n":1},"b":{"n":2}}})");
    check_newest(R"([{"n":1}])", R"([{"n":1},{"n":2}])");
    check_newest(R"({"a":1})", R"({"a":1})");
    check_newest("{\n  \"id\": \"s\",\n  \"n\": 1\n}", "{\n  \"id\": \"s\",\n  \"n\": 2\n}");
  }
  check_repair(R"({"a":1}{"a":2})", R"({"a":2})");
}
