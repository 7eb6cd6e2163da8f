// Records that were cut, in layouts that say what their owner needs of one.

#include <doctest/doctest.h>

#include <string>

#include "session/repair.h"
#include "support/repair_account.h"

using namespace session;

namespace {

const std::string k_first = R"({"parentUuid":null,"type":"user","message":{"role":"user","content":"go"},)"
                            R"("uuid":"1","timestamp":"2026-01-01T00:00:00Z"})"
                            "\n";

std::string repaired(const std::string& cut, const char* layout) {
  RepairOptions options;
  options.format = Format::json_lines;
  options.layout = find_layout(layout);
  options.level = Level::syntax;
  const RepairPlan planned = plan_repair(k_first + cut, {}, options);
  CAPTURE(cut);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK_FALSE(planned.loss.lossless);
  test::check_account(planned, k_first + cut);
  CHECK(planned.content.starts_with(k_first));
  return planned.content.substr(k_first.size());
}

}  // namespace

TEST_CASE("a cut record stays if all that its owner needs of it is whole") {
  const std::string needed = R"({"parentUuid":"1","type":"user","message":{"role":"user","content":"yes"},)"
                             R"("uuid":"2","timestamp":"2026-01-01T00:00:01Z")";
  for (std::size_t length = 2; length < needed.size(); ++length) {
    CHECK(repaired(needed.substr(0, length), "claude-code") == "");
  }
  CHECK(repaired(needed, "claude-code") == needed + "}\n");
  CHECK(repaired(needed + R"(,"version":"2.)", "claude-code") == needed + "}\n");
  CHECK(repaired(needed + R"(,"gitBranch":"main","version":)", "claude-code") == needed +
                                                                                     R"(,"gitBranch":"main"})"
                                                                                     "\n");
  // Half of anything else would read as a whole one.
  CHECK(repaired(needed + R"(,"toolUseResult":{"stdout":"a","stderr":"b)", "claude-code") == needed + "}\n");
  // A kind of which nothing is known.
  CHECK(repaired(R"({"type":"summary","uuid":"2","timestamp":"2026-01-01T00:00:01Z","summary":"ab)",
                 "claude-code") == "");
}

TEST_CASE("of an array in a cut record the element that was cut goes as a whole") {
  const std::string head = R"({"timestamp":"2026-01-01T00:00:01Z","type":"response_item",)"
                           R"("payload":{"type":"message","role":"assistant","content":[)";
  const std::string text = R"({"type":"text","text":"hi"})";
  CHECK(repaired(head + text + R"(,{"type":"tool_use","id":"c","name":"rm","input":{"path":"/t)", "codex") ==
        head + text + "]}}\n");
  CHECK(repaired(head + text, "codex") == head + text + "]}}\n");
  // With its only element nothing is left of it.
  CHECK(repaired(head + R"({"type":"text","text":"h)", "codex") == "");
  CHECK(repaired(head, "codex") == "");
  // Half of a call is none.
  CHECK(repaired(R"({"timestamp":"2026-01-01T00:00:01Z","type":"response_item",)"
                 R"("payload":{"type":"function_call","name":"rm","call_id":"c","arguments":"{}")",
                 "codex") == "");
}

TEST_CASE("a record that is closed, but lost what its owner needs, goes as one that is cut") {
  const std::string begin = R"({"parentUuid":"1","type":"user","message":{"role":"user","content":)";
  const std::string end = R"(},"uuid":"2","timestamp":"2026-01-01T00:00:01Z"})"
                          "\n";
  CHECK(repaired(begin + "\"abc \xFF def\"" + end, "claude-code") == "");
}
