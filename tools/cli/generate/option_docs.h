#pragma once
// What --help, the man page and the completions say of a tool's options: read from the option objects
// themselves, so that none of them can fall behind.

#include <string>
#include <vector>

#include "cli/cli11.h"
#include "cli/run.h"

namespace session::cli {

struct OptionDoc {
  std::vector<std::string> names;    ///< "-n", "--dry-run"; empty for a positional argument
  std::string value;                 ///< "FILE", "a|b|c"; empty for a flag
  std::vector<std::string> choices;  ///< the words the value may be; empty: any
  std::string description;
  std::string group;
  bool repeatable = false;
};

/// A tool's texts and options, in the order in which they were added; the common ones last.
struct ToolDocs {
  const Tool& tool;
  std::vector<OptionDoc> options;
  std::vector<OptionDoc> positionals;
};
ToolDocs read_docs(const Tool& tool, const CLI::App& app);

/// "session-clean [OPTION]... [PATH]..."
std::string usage_line(const ToolDocs& docs);
/// "-n, --dry-run", "--format text|json"
std::string heading(const OptionDoc& option);
/// Whether its value is a path, so that a shell may complete it to one.
bool takes_path(const OptionDoc& option);
/// The names of the groups, in order of first appearance.
std::vector<std::string> groups_of(const ToolDocs& docs);

std::string make_help(const ToolDocs& docs);
std::string make_man_page(const ToolDocs& docs);
std::string make_bash_completion(const ToolDocs& docs);
std::string make_zsh_completion(const ToolDocs& docs);
std::string make_fish_completion(const ToolDocs& docs);

}  // namespace session::cli
