// Texts that begin as a document does and yet lie within one whose beginning is lost.

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "session/repair.h"
#include "support/repair_account.h"
#include "support/repair_case.h"

using namespace session;

namespace {

RepairPlan plan(ByteView bytes, Format format, const char* layout, Level level = Level::syntax) {
  RepairOptions options;
  options.format = format;
  options.layout = layout == nullptr ? nullptr : find_layout(layout);
  options.level = level;
  RepairPlan planned = plan_repair(bytes, {}, options);
  if (planned.status == RepairStatus::repaired) test::check_account(planned, bytes);
  return planned;
}

void check_headless(ByteView bytes, ByteView expected, const char* layout = nullptr) {
  CAPTURE(bytes);
  const RepairPlan planned = plan(bytes, Format::json, layout);
  CHECK(planned.content == expected);
  CHECK(planned.strategy == "salvage-headless");
  CHECK_FALSE(planned.loss.lossless);
}

const std::string k_time = R"("timestamp":"2026-01-01T00:00:00Z")";
std::string message(const std::string& text) {
  return R"({"role":"user","content":")" + text + "\"," + k_time + "}";
}

}  // namespace

TEST_CASE("pieces with commas between them and closers behind them are what is left of one document") {
  // What lay in a container without a name goes.
  check_headless(R"({"id":"a","w":1},{"id":"b","w":2}],"x":1})", R"({"x":1})");
  check_headless(R"({"id":"b","w":2}],"x":1})", R"({"x":1})");
  check_headless(R"(["a","b"]},{"id":2,"tags":["c"]}],"x":1})", R"({"x":1})");
  check_headless(R"(["a","b"],["c"]],"x":1})", R"({"x":1})");
  check_headless(R"({"in":1,"out":2},"last":"x"},"u2":{"last":"y"}},"v":3})", R"({"v":3})");
  check_headless(R"({"in":1},"v":3})", R"({"v":3})");
  // The elements of an array need no name.
  check_headless(R"({"id":"a","w":1},{"id":"b","w":2}])", R"([{"id":"a","w":1},{"id":"b","w":2}])");
  // Cut in a text at a bracket.
  check_headless(R"([ok] then","n":1}],"v":3})", R"({"v":3})");
  check_headless(R"({ return; }","n":1}],"v":3})", R"({"v":3})");
}

TEST_CASE("under a name that the layout gives they are kept") {
  check_headless(message("one") + "," + message("two") + "]}",
                 R"({"messages":[)" + message("one") + "," + message("two") + "]}", "miniclaw");
  check_headless(R"([{"id":"c","name":"read","arguments":"{}"}]},)" + message("two") + R"(],"own":1})",
                 R"({"messages":[)" + message("two") + R"(],"own":1})", "miniclaw");
  check_headless(R"({"last_bracket":"FRESH","last_tokens_used":1},"overrides":{}})",
                 R"({"context":{"last_bracket":"FRESH","last_tokens_used":1},"overrides":{}})", "synapse");
}

TEST_CASE("the members of a map tell its name by what is in them") {
  const std::string rest = R"("b":{"duration":2,"status":"ok"},"c":{"duration":3,"status":"ok"}}})";
  check_headless(R"("duration":1,"status":"ok"},)" + rest, R"({"loaders":{)" + rest, "metrics");
  check_headless(R"({"duration":1,"status":"ok"},)" + rest, R"({"loaders":{)" + rest, "metrics");
  check_headless(R"({"size":1,"kind":"x"},"b":{"size":2,"kind":"y"}},"totalDuration":1})",
                 R"({"totalDuration":1})", "metrics");
}

TEST_CASE(
    "a container that the document must have is the one that is left, if its layout says no more of it") {
  const std::string item = R"({"message":{"role":"user","content":"x"},"contextItems":[]})";
  check_headless(R"(ontent":"w"},"contextItems":[]},)" + item + "]}",
                 R"({"history":[{"contextItems":[]},)" + item + "]}", "continue");
  check_headless(R"(ontent":"w"},"contextItems":[]},)" + item + R"(],"history":[]})", R"({"history":[]})",
                 "continue");
  check_headless(R"("name":"w","roles":["a"]},"views":3})", R"({"views":3})", "session-file-store");
}

TEST_CASE("a bracket in a text is told from a root by the kind of the last closer") {
  check_headless(R"([ok]","*b"],"currentStory":"s"})", R"({"currentStory":"s"})", "session-state");
}

TEST_CASE("what lost its beginning is never lossless, and takes nobody's place where it would not load") {
  const std::string members = R"("cwd":"/w","label":"x"})";
  CHECK(plan(members, Format::json, "synapse", Level::layout).status == RepairStatus::unloadable);
  CHECK(plan(message("one") + "]}", Format::json, "miniclaw", Level::layout).status ==
        RepairStatus::unloadable);
  const RepairPlan planned = plan(members, Format::json, nullptr, Level::layout);
  CHECK(planned.content == "{" + members);
  CHECK_FALSE(planned.loss.lossless);
}

TEST_CASE("a whole document with the rest of an older version behind it stays") {
  const std::vector<std::pair<std::string, std::string>> documents = {
      {R"({"id":"a","list":[{"n":1}]})", R"(,{"n":4}]})"},
      {R"({"id":"a","list":[{"n":1}],"cost":1})", R"(],"cost":2})"},
      {R"({"id":"a"})", "}"},
      {R"({"id":"a"})", "]}"},
      {R"([{"n":1},{"n":2}])", R"(,{"n":3}])"},
  };
  for (const auto& [document, rest] : documents) {
    CAPTURE(document);
    CAPTURE(rest);
    const RepairPlan planned = plan(document + rest, Format::json, nullptr);
    CHECK(planned.content == document);
    CHECK(planned.strategy == "cut-trailing-bytes");
  }
  CHECK(plan(R"({"a":1}{"a":2})", Format::json, nullptr).content == R"({"a":2})");
}

TEST_CASE("no record is made of a value in one whose beginning is lost") {
  const auto lines = [](ByteView bytes) { return plan(bytes, Format::json_lines, nullptr).content; };
  const std::string fragment =
      R"({"type":"text","text":"x"},{"type":"text","text":"y"}],"u":{"in":1}},"uuid":"1"})";
  CHECK(lines(fragment + "\n{\"uuid\":\"2\"}\n") == "{\"uuid\":\"2\"}\n");
  // Behind a whole record, too; but a comma between two whole ones makes none of them a part.
  CHECK(lines("{\"uuid\":\"1\"}\"y\":2}],\"b\":{\"c\":1}}\n") == "{\"uuid\":\"1\"}\n");
  CHECK(lines("{\"uuid\":\"1\"},{\"uuid\":\"2\"}\n") == "{\"uuid\":\"1\"}\n{\"uuid\":\"2\"}\n");
}

TEST_CASE("a record written into another in place of a value is no value of it") {
  const std::string outer = R"({"id":1,"b":false,"c":1})";
  const std::string inner = R"({"id":2,"b":true,"c":2})";
  for (std::size_t at = 6; at + 1 < outer.size(); ++at) {
    CAPTURE(at);
    const std::string line = outer.substr(0, at) + inner + outer.substr(at) + "\n";
    CHECK(plan(line, Format::json_lines, nullptr).content == outer + "\n" + inner + "\n");
  }
}

TEST_CASE("a text that begins with the value of a lost key loses that value alone") {
  const std::string whole =
      R"([{"kind":"a","text":"one, \"two\""},{"kind":"b","text":"three"},{"kind":"c","text":"x"}])";
  const std::string second = R"({"kind":"b","text":"three"},{"kind":"c","text":"x"}])";
  // Right before a value, before its colon, and at an escaped quote within it.
  for (const std::string_view begin : {R"("a","text")", R"(:"a","text")", R"(: "a","text")"}) {
    CAPTURE(begin);
    const std::string input = std::string(begin) + whole.substr(whole.find(R"(:"one)"));
    test::check_repair(input, R"([{"text":"one, \"two\""},)" + second);
  }
  test::check_repair(R"("two\""},)" + second, "[" + second);
}

TEST_CASE("what is left of a map whose name is lost goes, and no member of it becomes one of the document") {
  const std::string entries =
      R"({"u1":{"n":"signal","s":478},"u2":{"n":"gamma","s":6},"u3":{"n":"x","s":1}})";
  test::check_repair(entries + R"(,"meta":{"next":"u5","total":3}})", R"({"meta":{"next":"u5","total":3}})");
  test::check_repair(entries + R"(,"total":3})", R"({"total":3})");
  // Entries of the document itself, of which one closer was written twice.
  test::check_repair(entries + R"(,"u4":{"n":"y","s":2}})",
                     entries.substr(0, entries.size() - 1) + R"(,"u4":{"n":"y","s":2}})");
  test::check_repair(R"({"a":{"n":1},"b":{"m":2}},"c":3})", R"({"a":{"n":1},"b":{"m":2},"c":3})");
}
