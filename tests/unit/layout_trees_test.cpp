// What each agent keeps on a disk, as a tree below tests/layouts that stands for the home directory: every
// layout is found by its name, calls its files sound, is told from the others by what lies there, and loses
// its stale sessions to session-clean and nothing else.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "session/layout.h"
#include "support/run_process.h"
#include "support/source_file.h"
#include "support/temp_dir.h"

using namespace session::test;
using Json = nlohmann::ordered_json;
namespace files = std::filesystem;

namespace {

using Words = std::vector<std::string>;

struct Tree {
  std::string layout;
  std::string store;    ///< where its sessions are, from the home directory
  Words stale;          ///< what session-clean may remove when everything is old, from there
  bool by_name = true;  ///< --layout alone finds the store
};

const std::string k_uuid = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

const std::vector<Tree> k_trees = {
    {"agent-bridge", ".synapse/sessions", {}},
    {"claude-code", ".claude/projects", {"-srv-crane/" + k_uuid + ".jsonl"}},
    {"cline", ".cline/data/sessions", {}},
    {"codex", ".codex/sessions", {"2026/08/01/rollout-2026-08-01T09-00-00-" + k_uuid + ".jsonl"}},
    {"continue", ".continue/sessions", {}},
    {"copilot-cli", ".copilot/session-state", {}},
    {"gemini-cli", ".gemini/tmp", {"4f1c9aa2/chats/session-2026-08-01T09-00-1b2c3d4e.jsonl"}},
    {"goose", ".local/share/goose/sessions", {"20260801_090000.jsonl"}},
    {"jsonl", "transcripts", {"a.jsonl"}, false},
    {"metrics", ".synapse/metrics", {}},
    {"miniclaw", ".miniclaw/workspace/sessions", {"telegram_42.json"}},
    {"nanobot", ".nanobot/sessions", {"ws-1/telegram_42.jsonl"}},
    {"openclaw", ".openclaw/agents/main/sessions", {"s-1.jsonl"}},
    {"opencode", ".local/share/opencode/storage", {}},
    {"picoclaw", ".picoclaw/workspace/sessions", {}},
    {"qwen-code", ".qwen/projects", {"-srv-crane/chats/" + k_uuid + ".jsonl"}},
    {"roo-code", ".config/Code/User/globalStorage/rooveterinaryinc.roo-cline/tasks", {}},
    {"session-file-store", "sessions", {"Zk3w9.json"}},
    {"session-state", ".aiox", {"session-state.json"}},
    {"sillytavern", "data/default-user/chats", {"Foreman/Foreman - 2026-08-01@09h00m00s.jsonl"}},
    {"synapse", ".synapse/sessions", {k_uuid + ".json"}},
};

/// A copy of the tree in which nobody else may read, as agents keep theirs.
struct Home {
  TempDir root;
  std::string path = root / "home";
  std::string store;

  explicit Home(const Tree& tree) : store(path + "/" + tree.store) {
    files::copy(source_file("tests/layouts/" + tree.layout), path, files::copy_options::recursive);
    for (const auto& entry : files::recursive_directory_iterator(path)) {
      files::permissions(entry.path(), files::perms::group_all | files::perms::others_all,
                         files::perm_options::remove);
    }
  }
  [[nodiscard]] ProcessResult run(const std::string& tool, Words words) const {
    words.insert(words.begin(), tool_path(tool));
    return run_process(words, {.directory = path, .environment = {{"HOME", path}}});
  }
  [[nodiscard]] std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> contents;
    for (const auto& entry : files::recursive_directory_iterator(path)) {
      const std::string name = files::relative(entry.path(), path).string();
      if (entry.is_regular_file() && entry.path().filename() != ".lock")
        contents[name] = read_file(entry.path());
    }
    return contents;
  }
};

}  // namespace

TEST_CASE("there is a tree for every layout") {
  for (const session::Layout& layout : session::layouts()) {
    CAPTURE(layout.name);
    CHECK(std::ranges::find(k_trees, layout.name, &Tree::layout) != k_trees.end());
  }
}

TEST_CASE("what an agent keeps is sound at every level, side files too") {
  for (const Tree& tree : k_trees) {
    CAPTURE(tree.layout);
    const Home home(tree);
    const ProcessResult result = home.run(
        "session-verify", {"--level", "links", "--format", "json", "--layout", tree.layout, home.store});
    CAPTURE(result.out);
    CHECK(result.status == 0);
    // SillyTavern ends no file with a newline, which is worth a warning and nothing more.
    const Json summary = Json::parse(result.out)["summary"];
    CHECK(summary["ok"].get<int>() + summary["warn"].get<int>() == summary["files"].get<int>());
    CHECK(summary["files"].get<int>() > 0);
  }
}

TEST_CASE("a store tells whose it is") {
  for (const Tree& tree : k_trees) {
    // One place holds several: of .synapse/sessions the sessions count. Plain records could be anybody's.
    if (tree.layout == "agent-bridge" || tree.layout == "jsonl") continue;
    CAPTURE(tree.layout);
    const Home home(tree);
    const ProcessResult result = home.run("session-verify", {"--detect", home.store});
    CHECK(result.status == 0);
    CHECK(result.out.starts_with(home.store + ": " + tree.layout + " ("));
  }
}

TEST_CASE("of all that is old only the sessions go, by the layout's name or by the path") {
  for (const Tree& tree : k_trees) {
    for (const bool by_name : {true, false}) {
      if (by_name && !tree.by_name) continue;
      CAPTURE(tree.layout);
      CAPTURE(by_name);
      const Home home(tree);
      std::map<std::string, std::string> expected = home.contents();
      for (const std::string& stale : tree.stale) REQUIRE(expected.erase(tree.store + "/" + stale) == 1);
      Words words = {"--ttl", "1h", "--as-of", "2026-11-01T00:00:00Z", "--layout", tree.layout};
      if (!by_name) words.push_back(home.store);
      const ProcessResult result = home.run("session-clean", words);
      CAPTURE(result.err);
      CHECK(result.status == 0);
      CHECK(home.contents() == expected);
    }
  }
}
