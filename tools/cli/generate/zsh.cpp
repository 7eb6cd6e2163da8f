// Completion for zsh, as an argument list for _arguments.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/generate/option_docs.h"

namespace session::cli {

namespace {

/// Text inside single quotes and inside a specification, where [ ] and : mean something.
std::string to_spec(std::string_view text) {
  std::string spec;
  for (const char c : text) {
    if (c == '\'') {
      spec += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':') spec += '\\';
    spec += c;
  }
  return spec;
}

std::string value_spec(const OptionDoc& option) {
  if (option.value.empty()) return "";
  if (!option.choices.empty()) return fmt::format(":value:({})", fmt::join(option.choices, " "));
  return fmt::format(":{}:{}", to_spec(option.value), takes_path(option) ? "_files" : " ");
}

}  // namespace

std::string make_zsh_completion(const ToolDocs& docs) {
  std::string arguments;
  for (const OptionDoc& option : docs.options) {
    for (const std::string& name : option.names) {
      const std::string_view assign = option.value.empty() ? "" : (name.starts_with("--") ? "=" : "+");
      arguments +=
          fmt::format("  '*{}{}[{}]{}' \\\n", name, assign, to_spec(option.description), value_spec(option));
    }
  }
  return fmt::format(
      "#compdef {0}\n# zsh completion for {0}, written by {0} --generate zsh.\n"
      "_arguments -s -S \\\n{1}  '*:path:_files'\n",
      docs.tool.name(), arguments);
}

}  // namespace session::cli
