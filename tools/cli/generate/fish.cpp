// Completion for fish.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/generate/option_docs.h"

namespace session::cli {

namespace {

std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

}  // namespace

std::string make_fish_completion(const ToolDocs& docs) {
  std::string script =
      fmt::format("# fish completion for {0}, written by {0} --generate fish.\n", docs.tool.name());
  for (const OptionDoc& option : docs.options) {
    script += fmt::format("complete -c {}", docs.tool.name());
    for (const std::string& name : option.names) {
      script += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                       : fmt::format(" -s {}", name.substr(1));
    }
    if (!option.choices.empty()) {
      script += fmt::format(" -x -a {}", in_quotes(fmt::format("{}", fmt::join(option.choices, " "))));
    } else if (!option.value.empty()) {
      script += takes_path(option) ? " -r -F" : " -x";
    }
    script += fmt::format(" -d {}\n", in_quotes(option.description));
  }
  return script;
}

}  // namespace session::cli
