#include "adversity/scenario.h"
#include "session/names.h"
#include "support/temp_dir.h"

namespace session::test {
namespace {

const std::string k_name = "transcript.jsonl";
const std::string k_whole = "{\"n\":1}\n{\"n\":2}\n";
const std::string k_torn = "{\"n\":\"the beginning of a rec";
const std::string k_damaged = k_whole + k_torn;

constexpr int k_repaired = 1;

bool is(const std::string& name, ArtifactKind kind) {
  const std::optional<Artifact> artifact = parse_artifact(name);
  return artifact && artifact->kind == kind;
}

bool has_copy(const Tree& tree) {
  for (const auto& [name, content] : tree) {
    if (is(name, ArtifactKind::backup) && content == k_damaged) return true;
  }
  return false;
}

bool has_sidecar(const Tree& tree) {
  for (const auto& [name, content] : tree) {
    if (is(name, ArtifactKind::sidecar) && content.find(k_torn) != std::string::npos) return true;
  }
  return false;
}

/// The original, or the result and the copy; nothing is ever lost.
std::string judge(const Tree& tree, const ProcessResult& result) {
  const auto found = tree.find(k_name);
  if (found == tree.end()) return "the session is gone";
  const bool is_repaired = found->second == k_whole;
  if (!is_repaired && found->second != k_damaged) return "the session is neither the original nor the result";
  if (is_repaired && !has_copy(tree)) return "it is repaired, but there is no copy of the original";
  for (const auto& [name, content] : tree) {
    const bool is_ours = name == k_name || is(name, ArtifactKind::backup) ||
                         is(name, ArtifactKind::sidecar) || is_lock(name) ||
                         (is_temporary(name) && was_killed(result));
    if (!is_ours) return "there is a temporary or a stranger: " + name;
  }
  if (was_killed(result)) return "";
  if (result.status == k_repaired)
    return is_repaired && has_sidecar(tree) ? "" : "it says repaired, but is not";
  // Damage remains where nothing was replaced.
  return failed_clearly(result) ? "" : "it fails without saying so clearly";
}

std::string judge_next(const Tree& tree, const ProcessResult& result) {
  if (result.status != 0 && result.status != k_repaired) return "the next run fails";
  const auto found = tree.find(k_name);
  if (found == tree.end() || found->second != k_whole) return "the next run does not repair";
  return has_copy(tree) ? "" : "there is no copy of the original";
}

}  // namespace

std::vector<Scenario> repair_scenarios() {
  const auto prepare = [](const std::string& directory) { write_file(directory + "/" + k_name, k_damaged); };
  const auto command = [](const std::string& directory) {
    return std::vector<std::string>{tool_path("session-repair"), directory + "/" + k_name};
  };
  return {{.name = "repair",
           .prepare = prepare,
           .command = command,
           .input = "",
           .judge = judge,
           .judge_next = judge_next}};
}

}  // namespace session::test
