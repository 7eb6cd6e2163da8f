#include <filesystem>

#include "adversity/scenario.h"
#include "support/temp_dir.h"

namespace session::test {
namespace {

const std::string k_old = R"({"uuid":"s1","prompt_count":1,"label":"the old content"})";
const std::string k_new = R"({"uuid":"s1","prompt_count":2,"label":"the new content, which is longer"})";

/// Old or new, by what the tool said; and nothing else in the directory.
std::string judge_replaced(const Tree& tree, const ProcessResult& result, const std::string& target,
                           const std::string* old) {
  const auto found = tree.find(target);
  const bool is_new = found != tree.end() && found->second == k_new;
  const bool is_old = old == nullptr ? found == tree.end() : found != tree.end() && found->second == *old;
  if (!is_new && !is_old) return "the target is neither old nor new";
  for (const auto& [name, content] : tree) {
    if (name == target || content == "/" || is_lock(name)) continue;
    if (!is_temporary(name)) return "there is a stranger: " + name;
    if (!was_killed(result)) return "a temporary is left: " + name;
  }
  if (was_killed(result)) return "";
  if (result.status == 0) return is_new ? "" : "it says saved, but is not";
  if (!failed_clearly(result)) return "it fails without saying so clearly";
  if (result.err.find("nothing was written") != std::string::npos && is_new)
    return "it is written, but it says not";
  const bool unconfirmed = result.err.find("not confirmed") != std::string::npos;
  return is_old || unconfirmed ? "" : "it says failed, but the new content is in place";
}

std::string judge_saved(const Tree& tree, const ProcessResult& result, const std::string& target) {
  if (result.status != 0) return "the next save fails";
  const auto found = tree.find(target);
  return found != tree.end() && found->second == k_new ? "" : "the next save did not save";
}

/// A command that leaves k_new as `target`, where `old` stood or (nullptr) nothing.
Scenario saving(const std::string& name, const std::string& target, const std::string* old,
                std::function<std::vector<std::string>(const std::string&)> command) {
  return {.name = name,
          .prepare =
              [target, old](const std::string& directory) {
                if (old != nullptr) write_file(directory + "/" + target, *old);
              },
          .command = std::move(command),
          .input = k_new,
          .judge = [target, old](
                       const Tree& tree,
                       const ProcessResult& result) { return judge_replaced(tree, result, target, old); },
          .judge_next = [target](const Tree& tree,
                                 const ProcessResult& result) { return judge_saved(tree, result, target); }};
}

std::vector<std::string> save_by_id(const std::string& directory) {
  return {tool_path("session-save"), "--layout", "synapse", "--store", directory, "s1"};
}

}  // namespace

std::vector<Scenario> save_scenarios() {
  const std::string deep = "a/b/s1.json";
  const auto save_by_path = [deep](const std::string& directory) {
    return std::vector<std::string>{tool_path("session-save"), "--file", directory + "/" + deep};
  };
  return {saving("save", "s1.json", &k_old, save_by_id), saving("save-new", "s1.json", nullptr, save_by_id),
          saving("save-new-directory", deep, nullptr, save_by_path)};
}

}  // namespace session::test
