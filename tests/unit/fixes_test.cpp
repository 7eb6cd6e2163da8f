// The opt-in repairs of texts that parse: what goes, what is put in, and that a second plan does nothing.

#include <doctest/doctest.h>

#include <string>

#include "session/repair.h"
#include "support/repair_account.h"

using namespace session;
using namespace std::string_literals;

namespace {

RepairOptions options_of(const char* layout, Fixes fixes, std::string_view stem = {}) {
  RepairOptions options;
  options.layout = find_layout(layout);
  options.format = options.layout->format;
  options.file_stem = stem;
  options.fixes = fixes;
  return options;
}

constexpr Fixes k_surrogates{.surrogates = true, .links = false, .header = false};
constexpr Fixes k_links{.surrogates = false, .links = true, .header = false};
constexpr Fixes k_header{.surrogates = false, .links = false, .header = true};

RepairPlan check_fix(ByteView input, ByteView expected, const RepairOptions& options) {
  CAPTURE(input);
  RepairPlan plan = plan_fixes(input, options);
  CHECK(plan.status == RepairStatus::repaired);
  CHECK(plan.content == expected);
  test::check_account(plan, input);
  CHECK(plan_fixes(plan.content, options).status != RepairStatus::repaired);
  return plan;
}

void check_left_alone(ByteView input, const RepairOptions& options) {
  CAPTURE(input);
  const RepairPlan plan = plan_fixes(input, options);
  CHECK(plan.status != RepairStatus::repaired);
  CHECK(plan.content.empty());
  CHECK(plan.dropped.empty());
}

/// A record of claude-code.
std::string record(const std::string& id, const std::string& parent, const std::string& content,
                   const std::string& more = "") {
  return R"({"uuid":")" + id + R"(","parentUuid":)" + parent + more + R"(,"message":{"content":)" + content +
         "}}\n";
}
std::string call(const std::string& id) { return R"({"type":"tool_use","id":")" + id + "\"}"; }
std::string result(const std::string& id) { return R"({"type":"tool_result","tool_use_id":")" + id + "\"}"; }
const std::string k_text = R"({"type":"text","text":"t"})";

}  // namespace

TEST_CASE("half a surrogate pair becomes a replacement character, a whole one stays") {
  const RepairOptions options = options_of("jsonl", k_surrogates);
  const RepairPlan plan = check_fix(
      "{\"a\":\"x\\ud83d\",\"b\":\"\\ud83d\\ude00\\uDE00y\"}\n{\"c\":\"\\ud83d\\ud83d\\ude00\"}\n",
      "{\"a\":\"x\\uFFFD\",\"b\":\"\\ud83d\\ude00\\uFFFDy\"}\n{\"c\":\"\\uFFFD\\ud83d\\ude00\"}\n", options);
  CHECK(plan.fixed.surrogates == 3);
  CHECK(plan.strategy == "fix-surrogates");
  CHECK_FALSE(plan.loss.lossless);
  CHECK(plan.dropped[0].because == Kind::lone_surrogate);
  check_left_alone("{\"a\":\"\\ud83d\\ude00 \\\\ud83d\"}\n", options);
}

TEST_CASE("keys that would become one keep their halves") {
  const RepairOptions options = options_of("jsonl", k_surrogates);
  check_fix("{\"\\ud83d\":\"\\ud83d\"}\n", "{\"\\uFFFD\":\"\\uFFFD\"}\n", options);
  check_fix("{\"\\ud83d\":\"\\ud83d\",\"\\ud83e\":1}\n", "{\"\\ud83d\":\"\\uFFFD\",\"\\ud83e\":1}\n",
            options);
}

TEST_CASE("a text that does not parse is not fixed") {
  check_left_alone("{\"a\":\"\\ud83d\"}\n{\"b\":", options_of("jsonl", k_surrogates));
}

TEST_CASE("a result without a call goes, and with it a record that holds nothing else") {
  const RepairOptions options = options_of("claude-code", k_links);
  const std::string first = record("a", "null", "[" + k_text + "]");
  RepairPlan plan =
      check_fix(first + record("b", "\"a\"", "[" + result("x") + "]") + record("c", "\"b\"", "\"t\""),
                first + record("c", "\"a\"", "\"t\""), options);
  CHECK(plan.fixed == FixCounts{0, 1, 0, 0, 0});
  CHECK(plan.loss.records_dropped == 1);
  CHECK(plan.after.verdict == Verdict::ok);

  plan = check_fix(record("b", "null", "[" + result("x") + ", " + k_text + "," + result("y") + "]"),
                   record("b", "null", "[" + k_text + "]"), options);
  CHECK(plan.fixed.results == 2);
  CHECK(plan.loss.values_dropped == 2);
}

TEST_CASE("a call that nothing answers goes once the conversation has passed it") {
  const RepairOptions options = options_of("claude-code", k_links);
  const std::string asked = record("a", "null", "[" + k_text + "," + call("1") + "]");
  check_left_alone(asked, options);
  check_left_alone(asked + R"({"type":"last-prompt","uuid":"z"})" + "\n", options);
  const RepairPlan plan =
      check_fix(asked + record("b", "\"a\"", "\"go on\""),
                record("a", "null", "[" + k_text + "]") + record("b", "\"a\"", "\"go on\""), options);
  CHECK(plan.fixed.calls == 1);

  // Called together: while one is answered, the others may yet be.
  const std::string together =
      record("a", "null", "[" + call("1") + "]") + record("b", "\"a\"", "[" + call("2") + "]");
  check_left_alone(together + record("c", "\"b\"", "[" + result("1") + "]"), options);
  // Another call was made since: the first answers came in.
  check_fix(
      together + record("c", "\"b\"", "[" + result("1") + "]") + record("d", "\"c\"", "[" + call("3") + "]"),
      record("a", "null", "[" + call("1") + "]") + record("c", "\"a\"", "[" + result("1") + "]") +
          record("d", "\"c\"", "[" + call("3") + "]"),
      options);
}

TEST_CASE("what goes takes the other end of its pairs along") {
  // The record of the orphan result is the result as a whole: the call in it goes too, and its result.
  const RepairOptions options = options_of("openclaw", k_links);
  const std::string head = R"({"type":"session","id":"s"})"
                           "\n";
  const std::string bad =
      R"({"type":"message","id":"1","parentId":null,"message":{"role":"toolResult","toolCallId":"x","content":[{"type":"toolCall","id":"y"}]}})"
      "\n";
  const std::string answer =
      R"({"type":"message","id":"2","parentId":"1","message":{"role":"toolResult","toolCallId":"y"}})"
      "\n";
  const std::string last =
      R"({"type":"message","id":"3","parentId":"2","message":{"role":"user","content":[]}})"
      "\n";
  const std::string kept =
      R"({"type":"message","id":"3","parentId":null,"message":{"role":"user","content":[]}})"
      "\n";
  CHECK(check_fix(head + bad + answer + last, head + kept, options).fixed.results == 2);
}

TEST_CASE("in a document: messages that are results, calls in their lists") {
  const RepairOptions options = options_of("miniclaw", k_links);
  const auto document = [](const std::string& messages) { return "{\"messages\": [\n" + messages + "\n]}"; };
  const std::string user = R"({"role":"user","content":"u"})";
  const std::string orphan = R"({"role":"tool_result","content":"r","tool_call_id":"9"})";
  const std::string asking = R"({"role":"assistant","content":"a", "tool_calls":[{"id":"1"},{"id":"2"}]})";
  const std::string half = R"({"role":"assistant","content":"a", "tool_calls":[{"id":"2"}]})";
  const std::string answer = R"({"role":"tool_result","content":"r","tool_call_id":"2"})";
  check_fix(document(orphan + ",\n" + user), document(user), options);
  check_fix(document(user + ",\n" + orphan), document(user), options);
  check_fix(document(orphan), document(""), options);
  check_left_alone(document(user + "," + asking + "," + answer), options);
  check_fix(document(asking + "," + answer + "," + user), document(half + "," + answer + "," + user),
            options);
  // A message can do without any calls, and says what it says.
  check_fix(document(asking + "," + user), document(R"({"role":"assistant","content":"a"},)" + user),
            options);
}

TEST_CASE("codex: records around their payload, and none goes that is numbered") {
  const RepairOptions options = options_of("codex", k_links);
  const std::string head = R"({"type":"session_meta","timestamp":"2026-01-01T00:00:00Z","payload":{}})"
                           "\n";
  const std::string asked = R"({"type":"response_item","payload":{"type":"function_call","call_id":"1"}})"
                            "\n";
  const std::string event = R"({"type":"event_msg","payload":{"type":"token_count"}})"
                            "\n";
  const std::string said = R"({"type":"response_item","payload":{"type":"message"}})"
                           "\n";
  check_left_alone(head + asked + event, options);
  check_fix(head + asked + event + said, head + event + said, options);
  std::string numbered;
  for (const std::string& each : {head, asked, said}) {
    numbered += "{\"ordinal\":" + std::to_string(numbered.size() / 60) + "," + each.substr(1);
  }
  check_left_alone(numbered, options);
}

TEST_CASE("a parent that is gone becomes the record before, of the same chain") {
  const RepairOptions options = options_of("claude-code", k_links);
  const std::string side = ",\"isSidechain\":true";
  const std::string before = record("a", "null", "\"t\"") + record("s", "null", "\"t\"", side);
  const RepairPlan plan =
      check_fix(before + record("b", "\"gone\"", "\"t\""), before + record("b", "\"a\"", "\"t\""), options);
  CHECK(plan.fixed.parents == 1);
  CHECK(plan.dropped.size() == 1);
  CHECK(plan.after.verdict == Verdict::ok);
  check_fix(before + record("b", "\"gone\"", "\"t\"", side), before + record("b", "\"s\"", "\"t\"", side),
            options);
  // Nothing stands before the first: it keeps its link, and is reported.
  check_left_alone(record("a", "\"gone\"", "\"t\""), options);
  CHECK(plan_fixes(record("a", "\"gone\"", "\"t\""), options).before.verdict == Verdict::warn);
  // What stands before but below it would make a circle.
  const std::string child = record("c", "\"b\"", "\"t\"");
  check_left_alone(child + record("b", "\"gone\"", "\"t\""), options);
  check_fix(before + child + record("b", "\"gone\"", "\"t\""), before + child + record("b", "\"a\"", "\"t\""),
            options);
}

TEST_CASE("a record that stands there twice goes once, two that differ both stay") {
  const RepairOptions options = options_of("claude-code", k_links);
  const std::string a = record("a", "null", "[" + call("1") + "]");
  const std::string b = record("b", "\"a\"", "[" + result("1") + "]");
  const RepairPlan plan = check_fix(a + b + a + b + record("c", "\"b\"", "\"t\""),
                                    a + b + record("c", "\"b\"", "\"t\""), options);
  CHECK(plan.fixed.duplicates == 2);
  CHECK(plan.loss.lossless);
  CHECK(plan.loss.records_dropped == 0);
  const std::string other = record("a", "null", "\"t\"");
  check_left_alone(record("a", "null", "\"u\"") + other, options);
}

TEST_CASE("the header of a transcript, from name, constant and records") {
  const std::string records = R"({"type":"message","id":"m","timestamp":"2026-01-02T00:00:00Z"})"
                              "\n";
  RepairPlan plan = check_fix(records,
                              R"({"type":"session","id":"abc"})"
                              "\n" +
                                  records,
                              options_of("openclaw", k_header, "abc"));
  REQUIRE(plan.rebuilt.size() == 2);
  CHECK(plan.rebuilt[0].field == "/type");
  CHECK(plan.rebuilt[0].source == "the layout's constant");
  CHECK(plan.rebuilt[1].value == "\"abc\"");
  CHECK(plan.rebuilt[1].source == "the file's name");
  CHECK(plan.loss.lossless);
  // A header that lacks a field gets it, in its own place.
  check_fix(R"({"type": "session", "cwd": "/"})"
            "\n" +
                records,
            R"({"id": "abc",)"
            R"("type": "session", "cwd": "/"})"
            "\n" +
                records,
            options_of("openclaw", k_header, "abc"));
  check_left_alone(R"({"type":"session","id":"abc"})"
                   "\n" +
                       records,
                   options_of("openclaw", k_header, "abc"));
  // nanobot: the time of the last record.
  plan = check_fix("{\"timestamp\":\"2026-01-02T00:00:00\"}\n{\"timestamp\":\"2026-01-01T00:00:00\"}\n",
                   "{\"_type\":\"metadata\",\"updated_at\":\"2026-01-02T00:00:00\"}\n"
                   "{\"timestamp\":\"2026-01-02T00:00:00\"}\n{\"timestamp\":\"2026-01-01T00:00:00\"}\n",
                   options_of("nanobot", k_header, "k"));
  CHECK(plan.rebuilt[1].source == "the latest time left in it");
}

TEST_CASE("a header that nothing tells is not made up") {
  const std::string records = R"({"type":"response_item","timestamp":"2026-01-02T00:00:00Z","payload":{}})"
                              "\n";
  check_left_alone(records, options_of("codex", k_header, "rollout-x"));
  CHECK(plan_fixes("{\"a\":1}\n", options_of("codex", k_header, "rollout-x")).untold ==
        std::vector<std::string>{"/timestamp", "/payload"});
  // gemini-cli: the name holds a part of the id only; records that agree on it have it whole.
  check_left_alone("{\"timestamp\":\"2026-01-02T00:00:00Z\"}\n",
                   options_of("gemini-cli", k_header, "session-1"));
}

TEST_CASE("the fields at the top of a document, in its own style") {
  const std::string messages =
      R"("messages": [
    {"role": "user", "content": "2020-01-01T00:00:00Z", "timestamp": "2026-01-01T00:00:00Z"},
    {"role": "user", "content": "b", "timestamp": "2026-01-03T00:00:00Z"}
  ]
})";
  const RepairPlan plan = check_fix("{\n  " + messages,
                                    R"({
  "session_id": "telegram_4_2",
  "channel": "telegram",
  "chat_id": "4_2",
  "created_at": "2026-01-01T00:00:00Z",
  "last_accessed": "2026-01-03T00:00:00Z",
  )" + messages,
                                    options_of("miniclaw", k_header, "telegram_4_2"));
  CHECK(plan.after.verdict == Verdict::ok);
  CHECK(plan.rebuilt.size() == 5);
  check_left_alone("{}", options_of("miniclaw", k_header, "telegram_4_2"));
  // A name that says too little.
  check_left_alone("{\n  " + messages, options_of("miniclaw", k_header, "telegram"));
}

TEST_CASE("a text that lost its beginning gets its header with the repair") {
  const std::string rest = R"(er","content":"a","timestamp":"2026-01-01T00:00:00Z"},)"
                           R"({"role":"user","content":"b","timestamp":"2026-01-02T00:00:00Z"}]})";
  RepairOptions options = options_of("miniclaw", {}, "telegram_42");
  const RepairPlan refused = plan_repair(rest, {}, options);
  CHECK(refused.status == RepairStatus::unloadable);
  CHECK(refused.offered ==
        std::vector<std::string>{"/session_id", "/channel", "/chat_id", "/created_at", "/last_accessed"});
  CHECK(refused.untold.empty());
  options.fixes = k_header;
  const RepairPlan plan = plan_repair(rest, {}, options);
  CHECK(plan.status == RepairStatus::repaired);
  CHECK(plan.strategy == "salvage-headless+rebuild-header");
  CHECK(plan.after.verdict == Verdict::ok);
  test::check_account(plan, rest);
  CHECK(plan_repair(plan.content, {}, options).status == RepairStatus::healthy);
}

TEST_CASE("records that parse are never quarantined for want of a header") {
  const std::string records = R"({"type":"message","id":"m","timestamp":"2026-01-02T00:00:00Z"})"
                              "\n";
  RepairOptions options = options_of("openclaw", {}, "abc");
  CHECK(plan_repair(records, {}, options).status == RepairStatus::beyond_text);
  // Its header was cut: what is left would not load, and yet is all there is.
  const std::string headless = "n\",\"id\":\"abc\"}\n" + records;
  const RepairPlan planned = plan_repair(headless, {}, options);
  CHECK(planned.status == RepairStatus::repaired);
  CHECK(planned.content == records);
  CHECK(planned.after.verdict == Verdict::damaged);
  CHECK(planned.offered == std::vector<std::string>{"/type", "/id"});
  options.level = Level::layout;
  CHECK(plan_repair(headless, {}, options).status == RepairStatus::unloadable);
}

TEST_CASE("a header that was damaged stays as long as it tells whose the records are") {
  const std::string record = R"({"type":"message","id":"m","timestamp":"2026-01-02T00:00:00Z"})"
                             "\n";
  const RepairOptions options = options_of("openclaw", {}, "abc");
  const auto repaired = [&](const std::string& header) {
    const RepairPlan plan = plan_repair(header + "\n" + record, {}, options);
    CHECK(plan.status == RepairStatus::repaired);
    CHECK_FALSE(plan.loss.lossless);
    return plan.content;
  };
  CHECK(repaired(R"({"type":"session","version":3,"id":"abc","cwd":"/w")") ==
        R"({"type":"session","version":3,"id":"abc","cwd":"/w"})"
        "\n" +
            record);
  CHECK(repaired(R"({"type":"session","version":3,"id":"abc","cwd":})") ==
        R"({"type":"session","version":3,"id":"abc"})"
        "\n" +
            record);
  CHECK(repaired(R"({"type":"session","version":3,"id":"ab)") == record);
  // Without a version its owner takes it for one of the first, and rewrites it.
  CHECK(repaired(R"({"type":"session","version":,"id":"abc","cwd":"/w"})") == record);
}

TEST_CASE("all together, and only what may be lost") {
  RepairOptions options = options_of("claude-code", {true, true, true});
  const std::string first = record("a", "null", "\"\\ud83d\"");
  const std::string orphan = record("b", "\"a\"", "[" + result("x\\ud83d") + "]");
  const RepairPlan plan = check_fix(first + orphan, record("a", "null", "\"\\uFFFD\""), options);
  CHECK(plan.strategy == "fix-surrogates+fix-links");
  options.accept_loss = LossBudget::none;
  CHECK(plan_fixes(first + orphan, options).status == RepairStatus::over_budget);
}
