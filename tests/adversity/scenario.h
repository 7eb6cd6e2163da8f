#pragma once
// A scenario: a tool at work on a directory, and what must be true of the directory afterwards, whatever call
// failed and wherever the tool was killed.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adversity/traced_run.h"

namespace session::test {

/// Everything in a directory, by path relative to it; a directory's content is "/".
using Tree = std::map<std::string, std::string>;
Tree read_tree(const std::string& directory);

/// Names that an interrupted tool may leave and the next one knows how to deal with.
bool is_temporary(const std::string& name);
bool is_lock(const std::string& name);

struct Scenario {
  std::string name;
  /// Fills the empty directory.
  std::function<void(const std::string& directory)> prepare;
  /// The command line, given the directory.
  std::function<std::vector<std::string>(const std::string& directory)> command;
  std::string input;
  Traced traced = Traced::process;
  /// Whether it takes blocks of the disk before it gives any back.
  bool needs_room = true;
  /// Calls whose number depends on what else runs on the machine: the n-th is not the same each time.
  std::vector<std::string> varying = {};
  /// What is wrong with `tree` after the run that gave `result`; empty if nothing is. The run without any
  /// injection is judged too.
  std::function<std::string(const Tree& tree, const ProcessResult& result)> judge;
  /// What is wrong with `tree` after the command was run once more, undisturbed.
  std::function<std::string(const Tree& tree, const ProcessResult& result)> judge_next;
};

bool was_killed(const ProcessResult& result);
/// It says that it failed: status 8, with or without the bits for damage, and a message with a path in the
/// scenario's directory, whose name is k_field.
bool failed_clearly(const ProcessResult& result);
inline constexpr const char* k_field = "field";

std::vector<Scenario> save_scenarios();
std::vector<Scenario> clean_scenarios();
std::vector<Scenario> repair_scenarios();
std::vector<Scenario> all_scenarios();

}  // namespace session::test
