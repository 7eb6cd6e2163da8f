// --help: for a terminal 80 columns wide.

#include <fmt/format.h>

#include "cli/generate/option_docs.h"

namespace session::cli {

namespace {

constexpr std::size_t k_width = 80;
constexpr std::size_t k_description_column = 28;

/// Breaks `text` at blanks; its own line breaks stay.
std::string wrap(std::string_view text, std::size_t indent) {
  std::string wrapped;
  std::size_t column = indent;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const bool line_start = wrapped.empty() || wrapped.back() == '\n' || column == indent;
    if (!line_start && column + 1 + word.size() > k_width) {
      wrapped += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!line_start) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += word.size();
    if (end < text.size() && text[end] == '\n') {
      wrapped += '\n';
      if (end + 1 < text.size() && text[end + 1] != '\n') wrapped += std::string(indent, ' ');
      column = indent;
    }
    at = end + 1;
  }
  return wrapped;
}

void append_option(std::string& help, const OptionDoc& option) {
  std::string line = "  " + heading(option);
  if (line.size() + 2 > k_description_column) {
    help += line + '\n';
    line.clear();
  }
  line.resize(k_description_column, ' ');
  help += line + wrap(option.description, k_description_column) + '\n';
}

}  // namespace

std::string make_help(const ToolDocs& docs) {
  std::string help = fmt::format("{}: {}\n\nUsage: {}\n\n{}\n", docs.tool.name(), docs.tool.summary(),
                                 usage_line(docs), wrap(docs.tool.description(), 0));
  if (!docs.positionals.empty()) help += "\nArguments:\n";
  for (const OptionDoc& positional : docs.positionals) append_option(help, positional);
  for (const std::string& group : groups_of(docs)) {
    help += fmt::format("\n{}:\n", group);
    for (const OptionDoc& option : docs.options) {
      if (option.group == group) append_option(help, option);
    }
  }
  help += "\nExamples:\n";
  for (const Tool::Example& example : docs.tool.examples()) {
    help += fmt::format("  {}\n      {}\n", example.command, wrap(example.effect, 6));
  }
  help += "\nExit status (a sum):\n";
  for (const ExitRow& row : exit_rows()) help += fmt::format("  {:>2}  {}\n", row.bit, wrap(row.meaning, 6));
  return help;
}

}  // namespace session::cli
