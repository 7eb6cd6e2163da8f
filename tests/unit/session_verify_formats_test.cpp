// The formats for CI systems, held against what their readers demand.

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <set>

#include "support/source_file.h"
#include "support/verify_tree.h"

using nlohmann::json;
using session::test::ProcessResult;
using session::test::run_process;
using session::test::VerifyTree;
using session::test::write_file;

namespace {

/// Files that are fine, damaged, warned about, missing, and named as badly as can be.
class Fixtures {
 public:
  Fixtures() {
    tree_.put("fine.json", "{}");
    tree_.put("torn.json", "{\"a\":\"<&\"");
    tree_.put("warn.jsonl", "{\"a\":1}");
    tree_.put("glued.jsonl", "{\"a\":1}{\"a\":2}\n{\"b\"\n");
    tree_.put("a \"<&>\"\n\x01 %\xff,:.json", "[");
  }
  [[nodiscard]] ProcessResult verify(const std::string& format, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--format", format, ".", "missing.json"});
    return tree_.verify(more);
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return tree_ / name; }

 private:
  VerifyTree tree_;
};

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

void check_junit(const std::string& report) {
  const ProcessResult available = run_process({"sh", "-c", "command -v xmllint"});
  if (available.status != 0) {
    MESSAGE("skipped: xmllint (package libxml2-utils) is not installed");
    return;
  }
  const session::test::TempDir directory;
  write_file(directory / "report.xml", report);
  const std::string schema = session::test::source_file("tests/data/formats/junit.xsd");
  const ProcessResult checked =
      run_process({"xmllint", "--noout", "--nonet", "--schema", schema, directory / "report.xml"});
  CAPTURE(checked.err);
  CHECK(checked.status == 0);
}

/// Where npm has put the schema of SARIF as the maintainers of its development kit ship it; empty: nowhere.
std::string sarif_schema() {
  const char* const modules = std::getenv("NODE_PATH");
  if (modules == nullptr) return {};
  const std::string schema =
      std::string(modules) + "/@microsoft/sarif-multitool-ts/assets/sarif-2.1.0.schema.json";
  return std::filesystem::exists(schema) ? schema : std::string();
}

}  // namespace

TEST_CASE("junit is what its schema says, with a case for each file") {
  const Fixtures fixtures;
  const ProcessResult result = fixtures.verify("junit");
  CHECK(result.status == 12);
  CHECK(count(result.out, "<testcase ") == 6);
  CHECK(count(result.out, "<failure type=\"torn-tail\"") == 2);
  CHECK(count(result.out, "<failure ") == 3);
  CHECK(count(result.out, "<error type=\"unreadable\" message=\"missing.json: stat: No such file") == 1);
  CHECK(count(result.out, "<system-out>") == 1);
  CHECK(result.out.find("<testsuites tests=\"6\" failures=\"3\" errors=\"1\"") != std::string::npos);
  check_junit(result.out);
}

TEST_CASE("sarif has what version 2.1.0 requires, and its references lead somewhere") {
  const Fixtures fixtures;
  const json log = json::parse(fixtures.verify("sarif").out);
  CHECK(log["version"] == "2.1.0");
  REQUIRE(log["runs"].size() == 1);
  const json& run = log["runs"][0];
  CHECK(run["tool"]["driver"]["name"] == "session-verify");
  const json& rules = run["tool"]["driver"]["rules"];
  std::set<std::string> ids;
  for (const json& rule : rules) {
    CHECK(ids.insert(rule["id"].get<std::string>()).second);
    CHECK(rule["shortDescription"]["text"].get<std::string>().size() > 0);
    CHECK(rule["help"]["text"].get<std::string>().size() > 0);
  }
  const std::set<std::string> levels = {"none", "note", "warning", "error"};
  CHECK(run["results"].size() == 5);
  for (const json& result : run["results"]) {
    CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
    CHECK(levels.count(result["level"]) == 1);
    CHECK(result["message"]["text"].get<std::string>().size() > 0);
    const json& place = result["locations"][0]["physicalLocation"];
    const auto uri = place["artifactLocation"]["uri"].get<std::string>();
    CHECK(uri.find_first_of(" \"<>\n:") == std::string::npos);
    CHECK(place["region"]["startLine"].get<int>() >= 1);
    CHECK(place["region"]["startColumn"].get<int>() >= 1);
    CHECK(place["region"]["byteOffset"].get<int>() >= 0);
    CHECK(place["region"]["byteLength"].get<int>() >= 0);
  }
  CHECK(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
        "a%20%22%3C&%3E%22%0A%01%20%25%FF,%3A.json");
  const json& invocation = run["invocations"][0];
  CHECK(invocation["executionSuccessful"] == false);
  CHECK(invocation["exitCode"] == 12);
  REQUIRE(invocation["toolExecutionNotifications"].size() == 1);
  CHECK(invocation["toolExecutionNotifications"][0]["message"]["text"].get<std::string>().size() > 0);
}

TEST_CASE("sarif is what its schema says") {
  const std::string schema = sarif_schema();
  if (schema.empty() || run_process({"python3", "-c", "import jsonschema"}).status != 0) {
    MESSAGE(
        "skipped: needs python3-jsonschema and npm's @microsoft/sarif-multitool-ts in NODE_PATH (./dev "
        "test)");
    return;
  }
  const std::string judge =
      "import json, sys, jsonschema\n"
      "schema, log = (json.load(open(name)) for name in sys.argv[1:])\n"
      "judge = jsonschema.validators.validator_for(schema)\n"
      "judge.check_schema(schema)\n"
      "problems = [p.json_path + ': ' + p.message for p in judge(schema).iter_errors(log)]\n"
      "sys.exit('\\n'.join(problems) or 0)\n";
  const Fixtures fixtures;
  CHECK(fixtures.verify("text", {"--write-baseline", fixtures / "known.json"}).status == 8);
  write_file(fixtures / "new.json", "[");
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"--baseline", fixtures / "known.json"}, {"--level", "links"}}) {
    write_file(fixtures / "log", fixtures.verify("sarif", more).out);
    const ProcessResult judged = run_process({"python3", "-c", judge, schema, fixtures / "log"});
    CHECK(judged.err == "");
    CHECK(judged.status == 0);
  }
  // The judge is one: it refuses what is none.
  write_file(fixtures / "log", R"({"version":"2.1.0","runs":[{"results":[]}]})");
  CHECK(run_process({"python3", "-c", judge, schema, fixtures / "log"}).err.find("'tool' is a required") !=
        std::string::npos);
}

TEST_CASE("sarif tells what a baseline knows") {
  const Fixtures fixtures;
  CHECK(fixtures.verify("text", {"--write-baseline", fixtures / "known.json"}).status == 8);
  write_file(fixtures / "new.json", "[");
  const json log = json::parse(fixtures.verify("sarif", {"--baseline", fixtures / "known.json"}).out);
  std::size_t fresh = 0;
  for (const json& result : log["runs"][0]["results"]) {
    fresh += result["baselineState"] == "new";
    CHECK((result["baselineState"] == "unchanged") == result.contains("suppressions"));
  }
  CHECK(fresh == 1);
}

TEST_CASE("a report of nothing is whole as well") {
  const VerifyTree tree;
  tree.put("fine.json", "{}");
  const json log = json::parse(tree.verify({"--format", "sarif", "fine.json"}).out);
  CHECK(log["runs"][0]["results"] == json::array());
  CHECK(log["runs"][0]["invocations"][0]["toolExecutionNotifications"] == json::array());
  CHECK(log["runs"][0]["invocations"][0]["exitCode"] == 0);
  const json unread = json::parse(tree.verify({"--format", "sarif", "no.json", "none.json"}).out);
  CHECK(unread["runs"][0]["results"] == json::array());
  CHECK(unread["runs"][0]["invocations"][0]["toolExecutionNotifications"].size() == 2);
}

/// A run that has read one damaged file when a signal ends it; how far it has come with standard input is a
/// matter of chance.
ProcessResult interrupted(const VerifyTree& tree, const std::string& format) {
  tree.put("bad.json", "[");
  session::test::Process process({session::test::tool_path("session-verify"), "--jobs", "1", "--format",
                                  format, tree / "bad.json", "-"});
  // More than a pipe holds: once it is written the tool reads.
  process.write(std::string(1 << 18, ' '));
  process.send(SIGTERM);
  ProcessResult result = process.wait();
  CHECK(result.signal == SIGTERM);
  return result;
}

TEST_CASE("sarif calls a run that a signal ended no success") {
  const VerifyTree tree;
  const json log = json::parse(interrupted(tree, "sarif").out);
  CHECK(log["runs"][0]["invocations"][0]["executionSuccessful"] == false);
  CHECK(log["runs"][0]["invocations"][0]["exitSignalNumber"] == SIGTERM);
  CHECK(!log["runs"][0]["invocations"][0].contains("exitCode"));
}

TEST_CASE("the summary of json and ndjson names the signal that ended the run, and no other does") {
  const VerifyTree tree;
  const json whole = json::parse(interrupted(tree, "json").out);
  CHECK(whole["items"][0]["verdict"] == "damaged");
  CHECK(whole["summary"]["signal"] == SIGTERM);
  CHECK(whole["summary"]["damaged"] == 1);
  const auto records = session::test::json_lines<json>(interrupted(tree, "ndjson").out);
  CHECK(records.back()["type"] == "summary");
  CHECK(records.back()["signal"] == SIGTERM);
  const json undisturbed = json::parse(tree.verify({"--format", "json", "bad.json"}).out);
  CHECK(!undisturbed["summary"].contains("signal"));
}

TEST_CASE("in junit a run that a signal ended has a case that is an error") {
  const VerifyTree tree;
  const ProcessResult result = interrupted(tree, "junit");
  CHECK(count(result.out, "<failure ") == 1);
  const std::size_t cases = count(result.out, "<testcase "), errors = count(result.out, "<error ");
  CHECK(result.out.find("<testsuites tests=\"" + std::to_string(cases) + "\" failures=\"1\" errors=\"" +
                        std::to_string(errors) + "\" time=\"0\">") != std::string::npos);
  CHECK(result.out.find(
            "<testcase classname=\"session-verify\" name=\"interrupted\" time=\"0\"><error "
            "type=\"interrupted\" message=\"ended by signal 15: files that are missing here were not "
            "looked at\"/></testcase>") != std::string::npos);
  check_junit(result.out);
}

TEST_CASE("a report that has no room to wait in fails and says why") {
  const VerifyTree tree;
  for (int n = 0; n < 1'000; ++n) tree.put("s/" + std::to_string(n) + ".json", "{}");
  session::test::ProcessOptions options;
  options.environment = {{"TMPDIR", tree / "none"}};
  const ProcessResult result = tree.verify({"--format", "junit", "s"}, options);
  CHECK(result.status == 8);
  CHECK(result.err ==
        "session-verify: error: " + (tree / "none") +
            ": create: No such file or directory: TMPDIR names it for a file that takes what can "
            "only be written at the end\nsession-verify: hint: the results above this line are "
            "incomplete\n");
  CHECK(tree.verify({"--format", "json", "s"}, options).status == 0);
}

TEST_CASE("github gets one command a finding, which no name can break") {
  const Fixtures fixtures;
  const ProcessResult result = fixtures.verify("github");
  CHECK(result.status == 12);
  CHECK(count(result.out, "::error file=") == 5);
  CHECK(count(result.out, "::warning file=./warn.jsonl,line=1,col=8,title=missing-newline::") == 1);
  CHECK(result.out.find("file=./a \"<&>\"%0A\\x01 %25\\xFF%2C%3A.json,line=1,col=2,title=torn-tail::") !=
        std::string::npos);
  CHECK(result.out.find("\n::error file=missing.json,title=unreadable::") != std::string::npos);
}

TEST_CASE("bad usage leaves no half a report") {
  const Fixtures fixtures;
  for (const char* format : {"junit", "sarif", "github"}) {
    const ProcessResult result = fixtures.verify(format, {"--ignore", "nothing-of-the-kind"});
    CHECK(result.status == 16);
    CHECK(result.out == "");
  }
}
