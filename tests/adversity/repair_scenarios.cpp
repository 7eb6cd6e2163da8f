#include <algorithm>

#include "adversity/scenario.h"
#include "session/names.h"
#include "support/temp_dir.h"

namespace session::test {
namespace {

constexpr int k_repaired = 1;

/// A file that goes through versions, each repaired from the one before, which is kept with what was lost of
/// it.
struct Story {
  std::string name;
  std::string file;
  std::vector<std::string> versions;
  std::vector<std::string> lost;  ///< of each but the last: what its sidecar holds
  std::vector<std::string> options = {};
};

bool is(const std::string& name, ArtifactKind kind) {
  const std::optional<Artifact> artifact = parse_artifact(name);
  return artifact && artifact->kind == kind;
}

bool has_copy(const Tree& tree, const std::string& version) {
  return std::any_of(tree.begin(), tree.end(), [&](const auto& entry) {
    return is(entry.first, ArtifactKind::backup) && entry.second == version;
  });
}

bool has_sidecar(const Tree& tree, const std::string& lost) {
  return std::any_of(tree.begin(), tree.end(), [&](const auto& entry) {
    return is(entry.first, ArtifactKind::sidecar) && entry.second.find(lost) != std::string::npos;
  });
}

/// One of the versions, and copies of those before; nothing is ever lost.
std::string judge(const Story& story, const Tree& tree, const ProcessResult& result) {
  const auto found = tree.find(story.file);
  if (found == tree.end()) return "the session is gone";
  const auto version = std::find(story.versions.begin(), story.versions.end(), found->second);
  if (version == story.versions.end()) return "the session is neither the original nor a result";
  for (auto before = story.versions.begin(); before != version; ++before) {
    if (!has_copy(tree, *before)) return "it is repaired, but there is no copy of what it was";
  }
  for (const auto& [name, content] : tree) {
    const bool is_ours = name == story.file || is(name, ArtifactKind::backup) ||
                         is(name, ArtifactKind::sidecar) || is_lock(name) ||
                         (is_temporary(name) && was_killed(result));
    if (!is_ours) return "there is a temporary or a stranger: " + name;
  }
  if (was_killed(result)) return "";
  if (result.status != k_repaired) return failed_clearly(result) ? "" : "it fails without saying so clearly";
  const bool has_all = std::all_of(story.lost.begin(), story.lost.end(),
                                   [&](const std::string& lost) { return has_sidecar(tree, lost); });
  return version + 1 == story.versions.end() && has_all ? "" : "it says repaired, but is not";
}

std::string judge_next(const Story& story, const Tree& tree, const ProcessResult& result) {
  if (result.status != 0 && result.status != k_repaired) return "the next run fails";
  const auto found = tree.find(story.file);
  if (found == tree.end() || found->second != story.versions.back()) return "the next run does not repair";
  for (const auto& [name, content] : tree) {
    const std::optional<Artifact> artifact = parse_artifact(name);
    const bool is_of_copy =
        artifact && artifact->kind == ArtifactKind::temporary && is(artifact->primary, ArtifactKind::backup);
    if (is_of_copy && std::count(story.versions.begin(), story.versions.end(), content) == 0)
      return "the next run leaves an unfinished copy: " + name;
  }
  return has_copy(tree, story.versions.front()) ? "" : "there is no copy of the original";
}

Scenario scenario_of(const Story& story) {
  return {
      .name = story.name,
      .prepare =
          [story](const std::string& directory) {
            write_file(directory + "/" + story.file, story.versions.front());
          },
      .command =
          [story](const std::string& directory) {
            std::vector<std::string> words = {tool_path("session-repair")};
            words.insert(words.end(), story.options.begin(), story.options.end());
            words.push_back(directory + "/" + story.file);
            return words;
          },
      .input = "",
      // Who has the file open is looked up among all processes there are.
      .varying = {"openat", "close"},
      .judge = [story](const Tree& tree, const ProcessResult& result) { return judge(story, tree, result); },
      .judge_next = [story](const Tree& tree,
                            const ProcessResult& result) { return judge_next(story, tree, result); }};
}

/// A temporary whose session is gone: under its own name, the session's, or, of a tool that was killed, under
/// a claim, its content is there.
Scenario promotion() {
  const std::string session = "t_1.json";
  const std::string temporary = "t_1.json.tmp.4194303";
  const std::string content =
      R"({"session_id":"t_1","channel":"t","chat_id":"1","created_at":"2026-01-01T00:00:00Z",)"
      R"("last_accessed":"2026-01-02T00:00:00Z","messages":[]})";
  const auto judge_one = [=](const Tree& tree, const ProcessResult& result) -> std::string {
    unsigned holders = 0;
    for (const auto& [name, bytes] : tree) {
      if (is_lock(name)) continue;
      const bool may_be =
          name == session || name == temporary || (was_killed(result) && is(name, ArtifactKind::claim));
      if (!may_be) return "there is a stranger: " + name;
      if (bytes != content) return "its content has changed";
      ++holders;
    }
    if (holders != 1) return "there is not one of it";
    if (was_killed(result)) return "";
    if (result.status == k_repaired) return tree.count(session) == 1 ? "" : "it says promoted, but is not";
    return failed_clearly(result) ? "" : "it fails without saying so clearly";
  };
  const auto judge_again = [=](const Tree& tree, const ProcessResult& result) -> std::string {
    if (result.status != 0 && result.status != k_repaired) return "the next run fails";
    const auto found = tree.find(session);
    return found != tree.end() && found->second == content ? "" : "the next run does not promote";
  };
  return {
      .name = "repair by promotion",
      .prepare = [=](const std::string& directory) { write_file(directory + "/" + temporary, content); },
      .command =
          [](const std::string& directory) {
            return std::vector<std::string>{tool_path("session-repair"), "--layout", "miniclaw", directory};
          },
      .input = "",
      .needs_room = false,
      .judge = judge_one,
      .judge_next = judge_again};
}

}  // namespace

std::vector<Scenario> repair_scenarios() {
  const std::string whole = "{\"n\":1}\n{\"n\":2}\n";
  const std::string torn = "{\"n\":\"the beginning of a rec";
  const std::string first = "{\"uuid\":\"a\",\"parentUuid\":null,\"message\":{\"content\":\"x\"}}\n";
  const std::string orphan =
      "{\"uuid\":\"b\",\"parentUuid\":\"a\",\"message\":{\"content\":[{\"type\":\"tool_result\","
      "\"tool_use_id\":\"gone\"}]}}\n";
  return {scenario_of({"repair", "transcript.jsonl", {whole + torn, whole}, {torn}}),
          // Copy and sidecar have no name before they are whole.
          scenario_of({"repair without flushes",
                       "transcript.jsonl",
                       {whole + torn, whole},
                       {torn},
                       {"--durability", "none"}}),
          scenario_of({"repair of links",
                       "transcript.jsonl",
                       {first + orphan, first},
                       {orphan},
                       {"--fix-links", "--layout", "claude-code"}}),
          scenario_of({"repair of text and links",
                       "transcript.jsonl",
                       {first + orphan + torn, first + orphan, first},
                       {torn, orphan},
                       {"--fix-links", "--layout", "claude-code"}}),
          promotion()};
}

}  // namespace session::test
