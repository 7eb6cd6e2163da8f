#include "adversity/scenario.h"

#include <csignal>
#include <filesystem>

#include "support/temp_dir.h"

namespace session::test {

Tree read_tree(const std::string& directory) {
  Tree tree;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string path = std::filesystem::relative(entry.path(), directory);
    tree[path] = entry.is_regular_file() ? read_file(entry.path()) : "/";
  }
  return tree;
}

bool is_temporary(const std::string& name) { return name.find(".tmp.") != std::string::npos; }
bool is_lock(const std::string& name) { return name.ends_with(".lock"); }

bool was_killed(const ProcessResult& result) { return result.signal == SIGKILL; }

bool failed_clearly(const ProcessResult& result) {
  constexpr int k_failed = 8;
  constexpr int k_usage = 16;
  const std::size_t error = result.err.find("error: ");
  return result.status > 0 && (result.status & (k_failed | k_usage)) == k_failed &&
         error != std::string::npos &&
         result.err.find(std::string("/") + k_field, error) != std::string::npos;
}

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  for (const auto& family : {save_scenarios(), clean_scenarios(), repair_scenarios()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

}  // namespace session::test
