// The formats for CI systems, held against what their readers demand.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "support/run_process.h"
#include "support/source_file.h"
#include "support/temp_dir.h"

using nlohmann::json;
using session::test::ProcessOptions;
using session::test::ProcessResult;
using session::test::run_process;
using session::test::TempDir;
using session::test::tool_path;
using session::test::write_file;

namespace {

/// Files that are fine, damaged, warned about, missing, and named as badly as can be.
class Fixtures {
 public:
  Fixtures() {
    write_file(root_ / "fine.json", "{}");
    write_file(root_ / "torn.json", "{\"a\":\"<&\"");
    write_file(root_ / "warn.jsonl", "{\"a\":1}");
    write_file(root_ / "glued.jsonl", "{\"a\":1}{\"a\":2}\n{\"b\"\n");
    write_file(root_ / "a \"<&>\"\n\x01 %\xff,:.json", "[");
  }
  [[nodiscard]] ProcessResult verify(const std::string& format, std::vector<std::string> more = {}) const {
    std::vector<std::string> command = {tool_path("session-verify"), "--format", format, ".", "missing.json"};
    command.insert(command.end(), more.begin(), more.end());
    ProcessOptions options;
    options.directory = root_.path();
    return run_process(command, options);
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return root_ / name; }

 private:
  TempDir root_;
};

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
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
  write_file(fixtures / "report.xml", result.out);
  const ProcessResult available = run_process({"sh", "-c", "command -v xmllint"});
  if (available.status != 0) {
    MESSAGE("skipped: xmllint (package libxml2-utils) is not installed");
    return;
  }
  const std::string schema = session::test::source_file("tests/data/formats/junit.xsd");
  const ProcessResult checked =
      run_process({"xmllint", "--noout", "--nonet", "--schema", schema, fixtures / "report.xml"});
  CAPTURE(checked.err);
  CHECK(checked.status == 0);
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

TEST_CASE("github gets one command a finding, which no name can break") {
  const Fixtures fixtures;
  const ProcessResult result = fixtures.verify("github");
  CHECK(result.status == 12);
  CHECK(count(result.out, "::error file=") == 5);
  CHECK(count(result.out, "::warning file=./warn.jsonl,line=1,col=8,title=missing-newline::") == 1);
  CHECK(result.out.find("file=./a \"<&>\"%0A\x01 %25\xff%2C%3A.json,line=1,col=2,title=torn-tail::") !=
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
