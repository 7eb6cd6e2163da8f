// The man page, in man(7) macros.

#include <fmt/format.h>

#include <algorithm>

#include "cli/generate/option_docs.h"
#include "session/version.h"

namespace session::cli {

namespace {

/// Plain text as roff: backslashes and hyphens escaped, no line taken for a request.
std::string to_roff(std::string_view text) {
  std::string roff;
  for (const char c : text) {
    const bool line_start = roff.empty() || roff.back() == '\n';
    if (line_start && (c == '.' || c == '\'')) roff += "\\&";
    if (c == '\\') {
      roff += "\\e";
    } else if (c == '-') {
      roff += "\\-";
    } else {
      roff += c;
    }
  }
  return roff;
}

/// Blank lines become paragraphs.
std::string paragraphs(std::string_view text) {
  std::string roff;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    roff += ".PP\n" + to_roff(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return roff;
}

std::string option_paragraph(const OptionDoc& option) {
  std::string names;
  for (const std::string& name : option.names) {
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", to_roff(name));
  }
  if (!option.value.empty()) {
    names += fmt::format("{}\\fI{}\\fR", names.empty() ? "" : " ", to_roff(option.value));
  }
  return fmt::format(".TP\n{}\n{}.\n", names, to_roff(option.description));
}

}  // namespace

std::string make_man_page(const ToolDocs& docs) {
  const std::string name{docs.tool.name()};
  std::string upper = name;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string page = fmt::format(
      ".\\\" Written by {} --generate man.\n.TH {} 1 \"\" \"session-toolkit {}\" \"User Commands\"\n"
      ".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n.B {}\n{}\n.SH DESCRIPTION\n{}",
      name, to_roff(upper), version(), to_roff(name), to_roff(docs.tool.summary()), to_roff(name),
      to_roff(usage_line(docs).substr(name.size() + 1)), paragraphs(docs.tool.description()));
  if (!docs.positionals.empty()) page += ".SH ARGUMENTS\n";
  for (const OptionDoc& positional : docs.positionals) page += option_paragraph(positional);
  page += ".SH OPTIONS\n";
  const std::vector<std::string> groups = groups_of(docs);
  for (const std::string& group : groups) {
    // The first are the tool's own: the heading above is theirs.
    if (group != groups.front()) page += fmt::format(".SS {}\n", to_roff(group));
    for (const OptionDoc& option : docs.options) {
      if (option.group == group) page += option_paragraph(option);
    }
  }
  page += ".SH EXIT STATUS\nThe sum of\n";
  for (const ExitRow& row : exit_rows())
    page += fmt::format(".TP\n.B {}\n{}\n", row.bit, to_roff(row.meaning));
  page +=
      ".PP\nA tool that was stopped by a signal finishes the step it is at, reports, and dies of that "
      "signal.\n";
  page += ".SH EXAMPLES\n";
  for (const Tool::Example& example : docs.tool.examples()) {
    page += fmt::format(".TP\n.B {}\n{}\n", to_roff(example.command), to_roff(example.effect));
  }
  page += ".SH SEE ALSO\n";
  std::string others;
  for (const std::string_view other : {"session-clean", "session-repair", "session-save", "session-verify"}) {
    if (other != name) others += fmt::format("{}.BR {} (1)", others.empty() ? "" : ",\n", to_roff(other));
  }
  return page + others + "\n";
}

}  // namespace session::cli
