#include "cli/generate/option_docs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <CLI/StringTools.hpp>
#include <algorithm>

#include "cli/options.h"

namespace session::cli {

namespace {

/// CLI11 keeps the name of a value and its validators' descriptions in one text: "FORMAT:{a,b}".
void read_value(const CLI::Option& option, OptionDoc& doc) {
  if (option.get_items_expected_max() == 0) return;
  const std::string text = option.get_type_name();
  const std::size_t open = text.find(":{");
  const std::size_t close = text.find('}', open == std::string::npos ? 0 : open);
  doc.value = text.substr(0, text.find(':'));
  if (open == std::string::npos || close == std::string::npos) return;
  doc.choices = CLI::detail::split(text.substr(open + 2, close - open - 2), ',');
  doc.value = fmt::format("{}", fmt::join(doc.choices, "|"));
}

}  // namespace

ToolDocs read_docs(const Tool& tool, const CLI::App& app) {
  ToolDocs docs{tool, {}, {}};
  std::vector<OptionDoc> shared;
  for (const CLI::Option* option : app.get_options()) {
    OptionDoc doc;
    for (const std::string& name : option->get_snames()) doc.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) doc.names.push_back("--" + name);
    read_value(*option, doc);
    doc.description = option->get_description();
    doc.group = option->get_group();
    doc.repeatable = option->get_expected_max() > 1;
    if (option->get_positional()) {
      doc.names.clear();
      doc.value = option->get_name(true);
      docs.positionals.push_back(std::move(doc));
    } else {
      (doc.group == k_common_group ? shared : docs.options).push_back(std::move(doc));
    }
  }
  std::ranges::move(shared, std::back_inserter(docs.options));
  return docs;
}

std::string usage_line(const ToolDocs& docs) {
  std::string line = fmt::format("{} [OPTION]...", docs.tool.name());
  for (const OptionDoc& positional : docs.positionals) {
    line += fmt::format(" [{}]{}", positional.value, positional.repeatable ? "..." : "");
  }
  return line;
}

std::string heading(const OptionDoc& option) {
  if (option.names.empty()) return option.value;
  const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
  return option.value.empty() ? names : names + " " + option.value;
}

bool takes_path(const OptionDoc& option) {
  return option.value == "FILE" || option.value == "PATH" || option.value == "NAME|DIR";
}

std::vector<std::string> groups_of(const ToolDocs& docs) {
  std::vector<std::string> groups;
  for (const OptionDoc& option : docs.options) {
    if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
  }
  return groups;
}

}  // namespace session::cli
