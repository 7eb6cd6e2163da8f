// Completion for bash, without need of the bash-completion package.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/generate/option_docs.h"

namespace session::cli {

namespace {

std::string completion_of(const OptionDoc& option) {
  if (!option.choices.empty()) {
    return fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\")",
                       fmt::join(option.choices, " "));
  }
  return takes_path(option) ? "mapfile -t COMPREPLY < <(compgen -f -- \"$current\")" : "COMPREPLY=()";
}

}  // namespace

std::string make_bash_completion(const ToolDocs& docs) {
  std::string function = "_" + std::string{docs.tool.name()};
  std::ranges::replace(function, '-', '_');
  std::vector<std::string> names;
  std::string cases;
  for (const OptionDoc& option : docs.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
    if (option.value.empty()) continue;
    cases += fmt::format("    {}) {}; return ;;\n", fmt::join(option.names, "|"), completion_of(option));
  }
  return fmt::format(
      "# bash completion for {0}, written by {0} --generate bash.\n"
      "{1}() {{\n"
      "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" previous=\"${{COMP_WORDS[COMP_CWORD-1]}}\"\n"
      "  # --option=value arrives as three words.\n"
      "  if [[ $current == \"=\" ]]; then current=\"\"\n"
      "  elif [[ $previous == \"=\" ]]; then previous=\"${{COMP_WORDS[COMP_CWORD-2]}}\"; fi\n"
      "  case $previous in\n{2}  esac\n"
      "  if [[ $current == -* ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '{3}' -- \"$current\")\n"
      "  else\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F {1} {0}\n",
      docs.tool.name(), function, cases, fmt::join(names, " "));
}

}  // namespace session::cli
