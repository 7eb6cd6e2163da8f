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
    check_newest(R"({"a":{"n":1}})", R"({"a":{"n":1}})");
    check_newest("[1,2,3,4,5,6,7,8]", "[1,2,3,4,5,6,7,8,9]");
    check_newest(R"({"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8})",
                 R"({"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9})");
    check_newest(R"({"id":"s","messages":[{"n":1},{"n":2},{"n":3}]})",
                 R"({"id":"s","messages":[{"n":1},{"n":2},{"n":4},{"n":5}]})");
    check_newest("{\n  \"id\": \"s\",\n  \"n\": 1\n}", "{\n  \"id\": \"s\",\n  \"n\": 2\n}");
  }
  check_repair(R"({"a":1}{"a":1})", R"({"a":1})");
  check_repair(R"({"a":1}{"a":2})", R"({"a":2})");
}

TEST_CASE("records that name one session, or say nearly or wholly the same, are no versions of it") {
  const auto check_records = [](const std::string& before, const std::string& behind) {
    std::string records;
    for (const char* const number : {"0", "1", "2", "3"}) {
      records.append(before).append(number).append(behind).append("\n");
    }
    check_left(records, Format::json);
  };
  check_records(
      R"({"sessionId":"s1","type":"user","message":{"role":"user","content":"text that is long enough )",
      "\"}}");
  check_records(R"({"model_id":"m","messages":[{"role":"system","content":"a long prompt"},{"content":")",
                "\"}]}");
  check_records(R"({"model_id":"m","messages":[{"role":"system"},{"role":"example"},{"content":")", "\"}]}");
  check_records(R"({"tenant_id":"t","data":{"x":)", "}}");
  check_records("[1,", "]");
  check_records(R"({"resource":{"service":"of the one name","host":"of the other"},"at":)", "}");
  check_left("[1,2,3,4,5,6,7]\n[1,2,3,4,5,6,7,8]\n", Format::json);
  check_left("{\"a\":{\"n\":1}}\n{\"a\":{\"n\":1},\"b\":2}\n", Format::json);
  // A later one that has less is no version that may take the place of the others.
  check_left("{\"id\":\"s\",\"messages\":[{\"n\":1},{\"n\":2}]}\n{\"id\":\"s\",\"messages\":[{\"n\":1}]}\n",
             Format::json);
  check_left("{\"event\":\"ping\"}\n{\"event\":\"ping\"}\n", Format::json);
}

TEST_CASE("records named as a document are told behind marks, NULs, blanks and in wide text") {
  check_left("\xEF\xBB\xBF" + k_log, Format::json);
  check_left(Bytes(9, '\0') + "\n" + k_log + Bytes(3, '\0'), Format::json);
  check_left(Bytes(4, '\0') + "\xEF\xBB\xBF" + k_log, Format::json);
  for (const std::size_t unit : {2U, 4U}) {
    Bytes wide;
    for (const char c : k_log) wide.append(1, c).append(unit - 1, '\0');
    check_left(wide, Format::json);
  }
}

TEST_CASE("records named as a document are told wherever the line stands that is none") {
  const std::string first = k_log.substr(0, k_log.find('\n') + 1);
  const std::string rest = k_log.substr(first.size());
  for (const std::string bad :
       {"# log\n", "{\"ts\":\"2026-01\n", "s\":\"2026\"}\n", "}\n", "[1,2\n", "{\"of\":[\n", "# [\n"}) {
    check_left(bad + k_log, Format::json);
    check_left(first + bad + rest, Format::json);
    check_left(k_log + bad, Format::json);
  }
  // Not where a document begins before them: these are its items.
  check_repair("[\n{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n]\n", "[\n{\"i\":1},\n{\"i\":2},\n{\"i\":3}\n]\n");
  check_repair("[{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n]\n", "[{\"i\":1},\n{\"i\":2},\n{\"i\":3}\n]\n");
}

TEST_CASE("a damaged document over several lines named as JSON Lines is left as it is") {
  const std::string open =
      "{\n  \"id\": \"x\",\n  \"messages\": [\n    {\n      \"a\": 0\n    },\n    {\"a\": 1}\n";
  const std::string document = open + "  ]\n}";
  for (const std::string& damaged : {open, open + "  ]\n", document.substr(0, document.size() - 20),
                                     document + "}", document + Bytes(3, '\0'), Bytes(3, '\0') + document,
                                     "\xEF\xBB\xBF" + document, document + "\nxxxx"}) {
    check_left(damaged, Format::json_lines);
  }
  check_left("[\n  {\n    \"type\": \"user\"\n  },\n  {\n    \"type\": \"user\"\n  }\n", Format::json_lines,
             "claude-code");
  Bytes raw = document;
  raw.insert(raw.find('x'), 1, '\x01');
  check_left(raw, Format::json_lines);
  Bytes wide;
  for (const char c : document) wide.append(1, c).append(1, '\0');
  check_left(wide, Format::json_lines);
}

TEST_CASE("records over several lines in a file of others are joined") {
  const std::string broken = "{\n\"a\":\n2}\n";
  check_repair(broken + "{\"a\":3}\n", "{\"a\":2}\n{\"a\":3}\n", Format::json_lines);
  check_repair("{\"a\":1}\n" + broken, "{\"a\":1}\n{\"a\":2}\n", Format::json_lines);
  check_repair("{\n\"a\":1\n}\n{\n\"a\":2\n}\n", "{\"a\":1}\n{\"a\":2}\n", Format::json_lines);
  check_repair("\xEF\xBB\xBF{\"a\":1}\n", "{\"a\":1}\n", Format::json_lines);
}
