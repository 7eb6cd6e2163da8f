// session-repair and what lies around: copies the user gives, names of any length, and the page it writes.

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "session/names.h"
#include "support/directory_tree.h"
#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session;
using namespace session::test;

namespace {

ProcessResult repair(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {tool_path("session-repair"), "--durability", "none"});
  return run_process(arguments);
}

/// The artifacts of that kind and whose they are.
std::map<std::string, Artifact> artifacts(const Tree& tree, ArtifactKind kind) {
  std::map<std::string, Artifact> found;
  for (const auto& [name, content] : tree) {
    const std::optional<Artifact> artifact = parse_artifact(name);
    if (artifact && artifact->kind == kind) found.emplace(name, *artifact);
  }
  return found;
}

const std::string k_torn = "{\"n\":1}\n{\"n\":3}\n{\"n\":\"to<rn";
const std::string k_whole = "{\"n\":1}\n{\"n\":3}\n";

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a copy gives what the file lost, one of another session is refused, and nothing is done") {
  const TempDir dir;
  const std::string file = dir / "s.jsonl";
  write_file(file, k_torn);
  write_file(dir / "old.copy", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
  write_file(dir / "other.copy", "{\"m\":1}\n");
  const ProcessResult refused = repair({"--from", dir / "other.copy", file});
  CHECK(refused.status == 12);
  CHECK(refused.err.find("it has no record in common with this one") != std::string::npos);
  CHECK(read_file(file) == k_torn);
  CHECK(tree_of(dir.path()).size() == 3);
  const ProcessResult merged = repair({"--from", dir / "old.copy", file});
  CHECK(merged.status == 1);
  CHECK(merged.out.find("took 1 record from " + (dir / "old.copy")) != std::string::npos);
  CHECK(read_file(file) == "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
  CHECK(repair({"--from", dir / "old.copy", file}).status == 0);
}

TEST_CASE("names as long as a file system takes, of characters of any length") {
  const std::vector<std::string> stems = {
      std::string(249, 'a'),        repeated("\xC3\xA4", 124) + "a",
      repeated("\xE6\xBC\xA2", 83), repeated("\xF0\x9F\x98\x80", 62) + "a",
      std::string(249, '\xFF'),     std::string(215, 'b')};
  for (const std::string& stem : stems) {
    CAPTURE(stem);
    const TempDir dir;
    const std::string name = stem + ".jsonl";
    write_file(dir / name, k_torn);
    CHECK(repair({dir.path()}).status == 1);
    const Tree tree = tree_of(dir.path());
    CHECK(tree.size() == 3);
    CHECK(tree.at(name) == k_whole);
    for (const ArtifactKind kind : {ArtifactKind::backup, ArtifactKind::sidecar}) {
      const auto found = artifacts(tree, kind);
      REQUIRE(found.size() == 1);
      const auto& [own, artifact] = *found.begin();
      CHECK(own.size() <= 255);
      CHECK(artifact.shortened == !own.starts_with(name));
      CHECK(artifact.primary == (artifact.shortened ? shortened_primary(name) : name));
      if (kind == ArtifactKind::backup) CHECK(tree.at(own) == k_torn);
      if (kind == ArtifactKind::sidecar) CHECK(tree.at(own).find(name) != std::string::npos);
    }
    CHECK(repair({dir.path()}).status == 0);
    CHECK(tree_of(dir.path()) == tree);
  }
}

TEST_CASE("a copy of a long name is used again, and a quarantined one tells its name") {
  const TempDir dir;
  const std::string name = std::string(249, 'a') + ".jsonl";
  write_file(dir / name, k_torn);
  CHECK(repair({dir.path()}).status == 1);
  write_file(dir / name, k_torn);
  CHECK(repair({dir.path()}).status == 1);
  CHECK(artifacts(tree_of(dir.path()), ArtifactKind::backup).size() == 1);

  write_file(dir / name, std::string(100, '\0'));
  CHECK(repair({dir.path()}).status == 4);
  const Tree tree = tree_of(dir.path());
  REQUIRE(artifacts(tree, ArtifactKind::quarantined).size() == 1);
  CHECK(artifacts(tree, ArtifactKind::quarantined).begin()->second.primary == shortened_primary(name));
  bool says_name = false;
  for (const auto& [own, artifact] : artifacts(tree, ArtifactKind::sidecar)) {
    says_name = says_name || tree.at(own) == "session-repair sidecar 1\nfile 255 " + name + "\nsize 100\n\n";
  }
  CHECK(says_name);
}

TEST_CASE("a copy that a run died over is removed by the next if it is surely that, and not finished") {
  const TempDir dir;
  const auto temporary = [](long maker, long writer) {
    return "s.jsonl.bak-20260101T000000Z-" + std::to_string(maker) + "-0.tmp." + std::to_string(writer);
  };
  write_file(dir / "s.jsonl", k_torn);
  write_file(dir / temporary(4194303, 4194303), k_torn.substr(0, 20));
  write_file(dir / temporary(4194302, 4194302), "");
  write_file(dir / temporary(4194301, 4194301), k_torn);
  write_file(dir / temporary(4194300, 4194300), "another's");
  write_file(dir / temporary(4194299, 4194298), k_torn.substr(0, 20));
  write_file(dir / temporary(::getpid(), ::getpid()), k_torn.substr(0, 20));
  write_file(dir / ("other-" + temporary(4194303, 4194303)), k_torn.substr(0, 20));
  const Tree before = tree_of(dir.path());
  CHECK(repair({"--dry-run", dir / "s.jsonl"}).status == 4);
  CHECK(tree_of(dir.path()) == before);
  const ProcessResult result = repair({dir / "s.jsonl"});
  CHECK(result.status == 1);
  for (const long maker : {4194303L, 4194302L}) {
    CHECK(result.out.find("  removed " + temporary(maker, maker) + ", a copy that") != std::string::npos);
  }
  Tree after = tree_of(dir.path());
  for (const auto& [name, content] : before) {
    const bool goes = name == temporary(4194303, 4194303) || name == temporary(4194302, 4194302);
    CAPTURE(name);
    CHECK((after.erase(name) == 0) == goes);
  }
  CHECK(artifacts(after, ArtifactKind::backup).size() == 1);
  CHECK(artifacts(after, ArtifactKind::sidecar).size() == 1);
  CHECK(after.size() == 2);
}

TEST_CASE("the page tells everything and shows nothing") {
  const TempDir dir;
  const TempDir pages;
  const std::string name = "<b>\"&'\xFF.jsonl";
  write_file(dir / name, k_torn);
  write_file(dir / "nul.json", std::string(100, '\0'));
  const std::string page = pages / "page.html";
  CHECK(repair({"--dry-run", "--report", page, dir.path()}).status == 4);
  std::string html = read_file(page);
  CHECK(html.find("Repair plan") != std::string::npos);
  CHECK(html.find("<b>\"") == std::string::npos);
  CHECK(html.find("&lt;b&gt;&quot;&amp;&#39;\\xFF.jsonl") != std::string::npos);
  CHECK(html.find("torn-tail") != std::string::npos);
  CHECK(html.find("to&lt;rn") == std::string::npos);
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("http") == html.find("http-equiv"));
  CHECK(html.find("prefers-color-scheme: dark") != std::string::npos);
  CHECK(std::filesystem::status(page).permissions() == std::filesystem::perms(0600));

  CHECK(repair({"--diff", "--report", page, dir.path()}).status == 5);
  html = read_file(page);
  CHECK(html.find("Repair report") != std::string::npos);
  CHECK(html.find("to&lt;rn") != std::string::npos);
  CHECK(html.find(".bak-") != std::string::npos);
}

TEST_CASE(
    "a page never takes the place of a session, and a place that is none is told before anything is done") {
  const TempDir dir;
  write_file(dir / "s.jsonl", k_torn);
  CHECK(repair({"--report", dir / "s.jsonl", dir.path()}).status == 16);
  CHECK(repair({"--report", dir / "no/where.html", dir.path()}).status == 8);
  CHECK(tree_of(dir.path()) == Tree{{"s.jsonl", k_torn}});
}
