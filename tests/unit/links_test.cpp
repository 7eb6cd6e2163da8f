#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "session/check.h"

namespace {

using namespace session;
using Strings = std::vector<std::string>;

Strings found(std::string_view layout, std::string_view bytes) {
  CheckOptions options;
  options.level = Level::links;
  options.layout = find_layout(layout);
  options.format = options.layout->format;
  Strings all;
  for (const Finding& f : diagnose(bytes, options).findings) {
    if (f.kind >= Kind::unpaired_call) {
      all.push_back(std::string(id_of(f.kind)) + ' ' + std::to_string(f.line) + ':' +
                    std::to_string(f.column));
    }
  }
  return all;
}

std::string record(std::string_view id, std::string_view parent, std::string_view content = "[]") {
  std::string text = R"({"uuid":")";
  text.append(id).append(R"(","parentUuid":)").append(parent);
  return text.append(R"(,"message":{"content":)").append(content).append("}}\n");
}

TEST_CASE("parents: in order, ahead, nowhere, in a circle") {
  CHECK(found("claude-code", record("a", "null") + record("b", "\"a\"")).empty());
  CHECK(found("claude-code", record("b", "\"a\"") + record("a", "null")).empty());
  CHECK(found("claude-code", record("a", "null") + record("b", "\"x\"")) == Strings{"dangling-parent 2:26"});
  CHECK(found("claude-code", record("a", "\"a\"")) == Strings{"parent-cycle 1:26"});
  CHECK(found("claude-code", record("a", "\"c\"") + record("b", "\"a\"") + record("c", "\"b\"") +
                                 record("d", "\"c\"")) == Strings{"parent-cycle 1:26"});
}

TEST_CASE("ids twice") {
  CHECK(found("claude-code", record("a", "null") + record("a", "null")) == Strings{"duplicate-id 2:9"});
}

TEST_CASE("tool calls and their results, across records and escapes") {
  const std::string call = R"([{"type":"tool_use","id":"t1"}])";
  const std::string result = R"([{"tool_use_id":"t\u0031","type":"tool_result"}])";
  CHECK(found("claude-code", record("a", "null", call) + record("b", "\"a\"", result)).empty());
  CHECK(found("claude-code", record("a", "null", call)).size() == 1);
  CHECK(found("claude-code", record("b", "null", result)).size() == 1);
  // A result before its call is none of it.
  const Strings crossed = found("claude-code", record("b", "null", result) + record("a", "\"b\"", call));
  REQUIRE(crossed.size() == 2);
  CHECK(crossed[0].starts_with("unpaired-result 1:"));
  CHECK(crossed[1].starts_with("unpaired-call 2:"));
  // What only looks like a call is none.
  CHECK(found("claude-code", record("a", "null", R"([{"type":"text","id":"t1"}])")).empty());
}

TEST_CASE("within one document") {
  const std::string text =
      R"({"messages":[{"role":"assistant","tool_calls":[{"id":"1"},{"id":"2"}]},)"
      R"({"role":"tool_result","tool_call_id":"2"},{"role":"tool_result","tool_call_id":"9"}]})";
  const Strings all = found("miniclaw", text);
  REQUIRE(all.size() == 2);
  CHECK(all[0].starts_with("unpaired-result"));
  CHECK(all[1].starts_with("unpaired-call"));
}

TEST_CASE("ordinals") {
  CHECK(found("codex", "{\"ordinal\":1}\n{\"ordinal\":2}\n").empty());
  CHECK(found("codex", "{\"ordinal\":1}\n{\"ordinal\":3}\n{\"ordinal\":4}\n") == Strings{"bad-ordinal 2:12"});
  CHECK(found("codex", "{\"ordinal\":1}\n{}\n{\"ordinal\":2}\n") == Strings{"bad-ordinal 2:1"});
  CHECK(found("codex", "{}\n{}\n").empty());
}

TEST_CASE("damaged records link nothing") {
  const Strings all = found("claude-code", record("a", "null") + "{\"uuid\":\"b\",\n" + record("c", "\"b\""));
  CHECK(all == Strings{"dangling-parent 3:26"});
}

}  // namespace
