#include "check/schema.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "session/check.h"

namespace {

using namespace session;

CheckOptions options_for(std::string_view layout, std::string_view stem = {}) {
  CheckOptions options;
  options.layout = find_layout(layout);
  options.format = options.layout->format;
  options.file_stem = stem;
  options.as_of = parse_date_time("2026-11-21T00:00:00Z");
  return options;
}

std::vector<std::string> found(std::string_view bytes, const CheckOptions& options) {
  std::vector<std::string> all;
  for (const Finding& f : diagnose(bytes, options).findings) {
    all.push_back(std::string(id_of(f.kind)) + ' ' + f.detail + " @" + std::to_string(f.offset));
  }
  return all;
}

using Strings = std::vector<std::string>;

const std::string k_session =
    R"({"session_id":"tg_1","channel":"tg","chat_id":"1","created_at":"2026-01-01T00:00:00Z",)"
    R"("last_accessed":"2026-01-02T00:00:00Z","messages":[)";
const std::string k_message = R"({"role":"user","content":"x","timestamp":"2026-01-01T00:00:00Z"})";

TEST_CASE("a whole session has no findings") {
  CHECK(found(k_session + k_message + "]}", options_for("miniclaw", "tg_1")).empty());
}

TEST_CASE("required, typed and ruled fields, at any depth, with their place") {
  const std::string text =
      k_session + k_message + R"(,{"role":"robot","content":7,"tool_calls":[{"id":"a"}]}]})";
  const std::size_t second = text.find(R"({"role":"robot")");
  CHECK(found(text, options_for("miniclaw", "tg_1")) ==
        Strings{"missing-field /messages/1/timestamp @" + std::to_string(second),
                "bad-value /messages/1/role @" + std::to_string(text.find("\"robot\"")),
                "wrong-type /messages/1/content @" + std::to_string(text.find("7,")),
                "missing-field /messages/1/tool_calls/0/name @" + std::to_string(text.find(R"({"id":"a")")),
                "missing-field /messages/1/tool_calls/0/arguments @" +
                    std::to_string(text.find(R"({"id":"a")"))});
}

TEST_CASE("of equal keys the last counts") {
  const std::string good = R"("uuid":"u1","schema_version":"2.0","started":"2026-01-01T00:00:00Z",)"
                           R"("last_activity":"2026-01-01T00:00:00Z"})";
  const Diagnosis diagnosis = diagnose(R"({"uuid":5,"started":"then",)" + good, options_for("synapse", "u1"));
  CHECK(diagnosis.verdict == Verdict::warn);
  CHECK(diagnosis.findings.size() == 2);
  for (const Finding& finding : diagnosis.findings) CHECK(finding.kind == Kind::duplicate_key);
}

TEST_CASE("a strict reader refuses what a lenient one takes") {
  const auto verdict = [](const std::string& text) {
    return diagnose(text, options_for("miniclaw", "tg_1")).verdict;
  };
  const auto with = [](const std::string& members) { return k_session + "{" + members + "}]}"; };
  const std::string rest = R"("content":"x","timestamp":"2026-01-01T00:00:00Z")";
  CHECK(verdict(with(R"("role":"user",)" + rest)) == Verdict::ok);
  CHECK(verdict(with(R"("role":"robot",)" + rest)) == Verdict::damaged);
  CHECK(verdict(with(R"("role":"user","content":"y",)" + rest)) == Verdict::damaged);
  // Keys that nobody reads may repeat.
  CHECK(verdict(with(R"("role":"user","x":1,"x":1,)" + rest)) == Verdict::warn);
  const auto at = [&](const std::string& time) {
    return verdict(with(R"("role":"user","content":"x","timestamp":")" + time + "\""));
  };
  CHECK(at("2026-01-01T00:00:00.123456789+01:00") == Verdict::ok);
  CHECK(at("yesterday") == Verdict::damaged);
  CHECK(at("2026-01-01T00:00:00") == Verdict::damaged);
  CHECK(at("2026-01-01T00:00Z") == Verdict::damaged);
  // Times that it reads and that are none of a session's.
  CHECK(at("1999-01-01T00:00:00Z") == Verdict::warn);
  CHECK(at("2027-01-01T00:00:00Z") == Verdict::warn);
  // Others' readers are lenient.
  const Diagnosis lenient =
      diagnose(R"({"uuid":"u","schema_version":"3","started":"then","last_activity":"then"})",
               options_for("synapse", "u"));
  CHECK(lenient.verdict == Verdict::warn);
  for (const Finding& finding : lenient.findings) CHECK(severity_of(finding) == Severity::warning);
}

TEST_CASE("ids and times") {
  const std::string text =
      R"({"uuid":"u2","schema_version":"2.0","started":"then","last_activity":"2027-01-01T00:00:00Z"})";
  CHECK(found(text, options_for("synapse", "u1")) ==
        Strings{"id-mismatch /uuid @8", "bad-time /started @" + std::to_string(text.find("\"then")),
                "future-time /last_activity @" + std::to_string(text.find("\"2027"))});
  CHECK(found(R"({"cookie":{},"__lastAccess":12})", options_for("session-file-store")) ==
        Strings{"bad-time /__lastAccess @28"});
}

TEST_CASE("shapes") {
  CHECK(found("[]", options_for("synapse")) == Strings{"wrong-shape  @0"});
  CHECK(found("7", options_for("synapse")) == Strings{"wrong-shape  @0"});
  CHECK(found("{}", options_for("synapse")) == Strings{"wrong-shape an empty husk @0"});
  CHECK(found(" []", options_for("roo-code")) == Strings{"husk nothing but an empty container @1"});
  CHECK(found(R"({"0":"h","1":"e","2":"l","3":"l","4":"o","5":" ","6":"w","7":"o","8":"r"})"
              "\n",
              options_for("claude-code")) ==
        Strings{"wrong-shape its keys are 0, 1, 2, …: text spread over an object @0"});
}

TEST_CASE("a first record that is no header is told as the missing beginning, a header alone is a husk") {
  const std::string header = R"({"type":"session_meta","timestamp":"2026-01-01T00:00:00Z","payload":{}})"
                             "\n";
  const std::string event = R"({"type":"event","timestamp":"2026-01-01T00:00:00Z"})"
                            "\n";
  CHECK(found(header + event, options_for("codex")).empty());
  CHECK(found(header, options_for("codex")) == Strings{"husk a header without any record @0"});
  CHECK(found(event + event, options_for("codex")) ==
        Strings{"headless the first record is no header: /type @8"});
  CheckOptions later = options_for("codex");
  later.starts_at = StartsAt::later_record;
  CHECK(found(event, later).empty());
}

TEST_CASE("at syntax level no rule applies") {
  CheckOptions options = options_for("synapse");
  options.level = Level::syntax;
  CHECK(found("[]", options).empty());
}

TEST_CASE("positions are right however the text is cut") {
  std::string text = k_session;
  for (int i = 0; i < 40; ++i) text += k_message + ",\n";
  text += R"({"role":"user","content":")" + std::string(300, 'x') + R"("}]})";
  const CheckOptions options = options_for("miniclaw", "other");
  const Diagnosis whole = diagnose(text, options);
  REQUIRE(whole.findings.size() == 2);
  CHECK(whole.findings[0].line == 41);
  CHECK(whole.findings[0].column == 1);
  for (const std::size_t size : {1U, 2U, 7U, 64U, 65U, 100U, 1000U}) {
    Checker checker(options);
    for (std::size_t at = 0; at < text.size(); at += size)
      checker.feed(std::string_view(text).substr(at, size));
    CAPTURE(size);
    CHECK(checker.finish().findings == whole.findings);
  }
}

}  // namespace
