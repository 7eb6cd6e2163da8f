// session-repair as its users see it: what it does to a directory, what it says, and what a second run finds.

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "session/names.h"
#include "support/directory_tree.h"
#include "support/json_lines.h"
#include "support/repair_case.h"
#include "support/run_process.h"
#include "support/sessions.h"
#include "support/source_file.h"
#include "support/temp_dir.h"

using namespace session;
using namespace session::test;
using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> names_of(const Tree& tree, ArtifactKind kind) {
  std::vector<std::string> names;
  for (const auto& [name, content] : tree) {
    const std::optional<Artifact> artifact = parse_artifact(name);
    if (artifact && artifact->kind == kind) names.push_back(name);
  }
  return names;
}

ProcessResult tool(const char* name, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), tool_path(name));
  return run_process(arguments);
}
ProcessResult repair(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--durability", "none"});
  return tool("session-repair", std::move(arguments));
}

/// The records of a run with --format ndjson, by the name of the file.
std::map<std::string, Json> items_of(const std::string& ndjson) {
  std::map<std::string, Json> items;
  for (Json& record : json_lines(ndjson)) {
    if (record["type"] != "item") continue;
    const std::string name = std::filesystem::path(record.at("path").get<std::string>()).filename();
    items[name] = std::move(record);
  }
  return items;
}

}  // namespace

TEST_CASE("every damaged fixture is repaired or set aside, and a second run writes nothing") {
  const TempDir dir;
  std::size_t fixtures = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test::source_file("tests/damage"))) {
    if (!entry.is_regular_file() || entry.path().stem() != "input") continue;
    const std::filesystem::path at = entry.path().parent_path();
    std::string name = at.parent_path().filename().string() + "-" + at.filename().string();
    name += entry.path().extension().string();
    write_file(dir / name, read_file(entry.path()));
    ++fixtures;
  }
  REQUIRE(fixtures >= 47);
  const Tree before = tree_of(dir.path());
  const ProcessResult verified =
      tool("session-verify", {"--level", "syntax", "--format", "ndjson", dir.path()});
  CHECK(verified.status == 4);
  const std::map<std::string, Json> found = items_of(verified.out);

  const ProcessResult first = repair({"--format", "ndjson", dir.path()});
  CHECK((first.status & 1) == 1);
  CHECK((first.status & ~5) == 0);
  const Tree after = tree_of(dir.path());
  const std::map<std::string, Json> done = items_of(first.out);
  for (const auto& [name, content] : before) {
    CAPTURE(name);
    REQUIRE(done.count(name) == 1);
    const std::string outcome = done.at(name).at("outcome");
    if (outcome == "healthy") {
      CHECK(after.at(name) == content);
      CHECK((found.count(name) == 0 || found.at(name).at("verdict") != "damaged"));
    } else if (outcome == "repaired") {
      CHECK(after.at(name) != content);
      CHECK(after.at(done.at(name).at("copy")) == content);
      // Of two nothing was dropped: the end of one is missing, and line breaks in the other may have been
      // wrapped.
      const bool is_sure = name != "torn-tail-no_bracket.json" && name != "split-record-raw_newlines.jsonl";
      CHECK(done.at(name)["lossless"] == (is_sure && !done.at(name).contains("sidecar")));
    } else {
      CHECK(outcome == "quarantined");
      CHECK(after.count(name) == 0);
      CHECK(after.at(done.at(name).at("quarantined")) == content);
    }
  }
  const ProcessResult again = tool("session-verify", {"--level", "syntax", "--format", "ndjson", dir.path()});
  CHECK(again.status == 0);

  const ProcessResult second = repair({"--format", "ndjson", dir.path()});
  CHECK(second.status == 0);
  CHECK(tree_of(dir.path()) == after);
}

TEST_CASE("a session that its owner would refuse is left as it is where that is asked for") {
  const TempDir dir;
  const std::string path = dir / "t_1.json";
  write_file(path, k_miniclaw_head.substr(0, 70));
  const ProcessResult result = repair({"--layout", "miniclaw", "--level", "layout", path});
  CHECK(result.status == 4);
  CHECK(
      result.out.find(
          "what is left of it would not load: missing-field (/created_at), missing-field (/last_accessed") !=
      std::string::npos);
  CHECK(tree_of(dir.path()).size() == 1);
  CHECK(read_file(path) == k_miniclaw_head.substr(0, 70));
  CHECK(repair({"--layout", "miniclaw", "--level", "layout", path}).out == result.out);

  SUBCASE("else its text is repaired, and what it lacks is named") {
    const ProcessResult done = repair({"--layout", "miniclaw", path});
    CHECK(done.status == 4);
    CHECK(done.out.find("  remains: missing-field (/created_at), missing-field (/last_accessed") !=
          std::string::npos);
    CHECK(read_file(path) == R"({"session_id":"t_1","channel":"t","chat_id":"1"})");
  }
  SUBCASE("or an empty session in its place") {
    CHECK(repair({"--layout", "miniclaw", "--reset", path}).status == 1);
    const Tree tree = tree_of(dir.path());
    REQUIRE(names_of(tree, ArtifactKind::quarantined).size() == 1);
    CHECK(tree.at(names_of(tree, ArtifactKind::quarantined)[0]) == k_miniclaw_head.substr(0, 70));
    CHECK(tool("session-verify", {"--layout", "miniclaw", path}).status == 0);
  }
}

TEST_CASE("a promoted temporary leaves nothing to warn of") {
  const TempDir dir;
  const std::string newer = k_miniclaw_head + miniclaw_message("one") + "," + miniclaw_message("two") + "]}";
  write_file(dir / "t_1.json", k_miniclaw_head + miniclaw_message("one") + ",{\"ro");
  write_file(dir / "t_1.json.tmp.999999999", newer);
  const ProcessResult result = repair({"--layout", "miniclaw", dir.path()});
  CHECK(result.status == 1);
  CHECK(read_file(dir / "t_1.json") == newer);
  CHECK(names_of(tree_of(dir.path()), ArtifactKind::temporary).empty());
  std::filesystem::permissions(dir / "t_1.json", std::filesystem::perms(0600));
  const ProcessResult verified = tool("session-verify", {"--strict", "--layout", "miniclaw", dir.path()});
  CHECK(verified.out.find("orphan-temp") == std::string::npos);
}

TEST_CASE("what is of another format than its name says is left, and that is said") {
  const TempDir dir;
  const std::string records = "{\"n\":1}\n{\"n\":2}\n";
  const std::string path = dir / "a.json";
  write_file(path, records);
  const ProcessResult result = repair({path});
  CHECK(result.status == 4);
  CHECK(result.out == path + ": damage remains: glued; it is JSON Lines, which its name does not say\n" +
                          "1 file: 0 healthy, 0 repaired, 0 quarantined, 1 still damaged, 0 failed\n");
  CHECK(read_file(path) == records);
  CHECK(tree_of(dir.path()).size() == 1);
}

TEST_CASE("a diff shows each place that changes, and no more") {
  const TempDir dir;
  const std::string path = dir / "a.jsonl";
  write_file(path, "{\"n\":1}\n{\"n\":2 \"m\":3}\n{\"n\":4}\n{\"n\":\"cu\x1b[2J");
  const ProcessResult planned = repair({"--dry-run", "--diff", path});
  CHECK(planned.status == 4);
  const std::string hunks = "--- " + path + "\n+++ " + path + ", repaired\n" +
                            "@@ line 2, offset 14: -0 +1 bytes, punctuation @@\n"
                            "-{\"n\":2 \"m\":3}\n"
                            "+{\"n\":2, \"m\":3}\n"
                            "@@ line 4, offset 30: -12 +0 bytes, torn-tail @@\n"
                            "-{\"n\":\"cu\\x1B[2J\n"
                            "+\n";
  CHECK(planned.out.find(hunks) != std::string::npos);
  CHECK(planned.out.ends_with(
      "1 file: 0 healthy, 1 would be repaired, 0 quarantined, 0 left damaged, 0 failed\n"));
  const ProcessResult records = repair({"--diff", "--format", "ndjson", path});
  CHECK(records.status == 1);
  const Json edits = items_of(records.out).at("a.jsonl").at("edits");
  REQUIRE(edits.size() == 2);
  CHECK(edits[1] ==
        Json{{"line", 4}, {"offset", 30}, {"removed", 12}, {"result_offset", 31}, {"inserted", 0}});
  CHECK(repair({"--diff", path}).out ==
        "1 file: 1 healthy, 0 repaired, 0 quarantined, 0 still damaged, 0 failed\n");
}

TEST_CASE("a promoted or recoded text is one change") {
  const TempDir dir;
  write_file(dir / "a.json", std::string("\xFF\xFE{\0}\0", 6));
  const ProcessResult result = repair({"--diff", "--format", "ndjson", dir / "a.json"});
  CHECK(result.status == 1);
  CHECK(items_of(result.out).at("a.json").at("edits").size() == 1);
}

TEST_CASE("what an earlier repair set aside is never repaired itself") {
  const TempDir dir;
  write_file(dir / "a.json", std::string(500, '\0'));
  write_file(dir / "b.json", "{\"a\":\"x\",\"b\":\"cu");
  CHECK(repair({dir.path()}).status == 5);
  const Tree tree = tree_of(dir.path());
  for (const ArtifactKind kind : {ArtifactKind::quarantined, ArtifactKind::backup, ArtifactKind::sidecar}) {
    const std::vector<std::string> names = names_of(tree, kind);
    REQUIRE(names.size() == 1);
    CAPTURE(names[0]);
    const ProcessResult result = repair({dir / names[0]});
    CHECK(result.status == 4);
    CHECK(result.out.find("left alone") != std::string::npos);
    CHECK(tree_of(dir.path()) == tree);
  }
}

TEST_CASE("without a path the stores of a configuration are repaired, a layout chooses among them") {
  const TempDir dir;
  for (const char* const store : {"own", "other"}) {
    std::filesystem::create_directory(dir / store);
    write_file(dir / store + "/a.json", synapse_session("a") + "{\"cut");
  }
  write_file(dir / "core-config.yaml",
             "sessions:\n  stores:\n    - {name: own, path: own, layout: synapse}\n    - {name: other, path: "
             "other, layout: miniclaw}\n");
  const auto repair_here = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {tool_path("session-repair"), "--durability", "none"});
    ProcessOptions options;
    options.directory = dir.path();
    return run_process(arguments, options).status;
  };
  CHECK(repair_here({"--layout", "synapse"}) == 1);
  CHECK(read_file(dir / "own/a.json") == synapse_session("a"));
  CHECK(read_file(dir / "other/a.json") != synapse_session("a"));
  CHECK(repair_here({}) == 4);
  CHECK(repair_here({"--layout", "codex"}) == 16);
}
