#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "session/layout.h"
#include "store/layout_families.h"

namespace session {
namespace {

std::vector<Layout> all_layouts() {
  std::vector<Layout> all;
  for (const auto family :
       {synapse_layouts, miniclaw_layouts, transcript_layouts, task_layouts, web_session_layouts}) {
    for (const MakeLayout make : family()) all.push_back(make());
  }
  return all;
}

struct Alias {
  std::string_view alias;
  std::string_view name;
};
constexpr std::array k_aliases = {
    Alias{"claude", "claude-code"}, Alias{"gemini", "gemini-cli"}, Alias{"json-lines", "jsonl"},
    Alias{"qwen", "qwen-code"},     Alias{"roo", "roo-code"},      Alias{"copilot", "copilot-cli"},
};

bool matches(const std::string& pattern, std::string_view text) {
  // Each component of a deep path is held against all homes: mostly its first byte tells.
  const char first = pattern.empty() ? '*' : pattern[0];
  const bool is_plain = first != '*' && first != '?' && first != '[' && first != '\\';
  if (is_plain && !text.starts_with(first)) return false;
  return fnmatch(pattern.c_str(), std::string(text).c_str(), 0) == 0;
}
bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, text); });
}

std::vector<std::string> components_of(std::string_view path) {
  std::vector<std::string> components;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view component = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (!component.empty() && component != "." && component != "~") components.emplace_back(component);
  }
  return components;
}

bool has_no_side_directory(const Layout& layout, std::span<const std::string> components) {
  return std::none_of(components.begin(), components.end(), [&](const std::string& component) {
    return matches_any(layout.side_directories, component);
  });
}

/// Whether `directory` ends in `home`, or, for a recursive layout, lies below it where sessions may stand.
bool lies_in(const std::vector<std::string>& directory, const std::vector<std::string>& home,
             const Layout& layout) {
  if (home.empty() || directory.size() < home.size()) return false;
  const auto fits_at = [&](std::size_t begin) {
    for (std::size_t i = 0; i < home.size(); ++i) {
      if (!matches(home[i], directory[begin + i])) return false;
    }
    return true;
  };
  const std::size_t last = directory.size() - home.size();
  if (!layout.recursive) return fits_at(last);
  for (std::size_t begin = 0; begin <= last; ++begin) {
    if (!fits_at(begin)) continue;
    if (has_no_side_directory(layout, std::span(directory).subspan(begin + home.size()))) return true;
  }
  return false;
}

/// "sessions" alone is the name of many a directory: it tells nothing of what lies there.
bool says_whose(const std::vector<std::string>& home) { return home.size() > 1 || home[0].starts_with('.'); }

bool lives_in(const Layout& layout, const std::vector<std::string>& directory) {
  return std::any_of(layout.homes.begin(), layout.homes.end(), [&](const std::string& text) {
    const std::vector<std::string> home = components_of(text);
    return says_whose(home) && lies_in(directory, home, layout);
  });
}

struct Placeholder {
  std::string_view name;
  std::string_view value;
};

/// In one pass, so that a value that looks like a placeholder stays what it is.
Bytes fill_in(std::string_view text, std::span<const Placeholder> placeholders) {
  Bytes filled;
  while (!text.empty()) {
    const auto found = std::find_if(placeholders.begin(), placeholders.end(),
                                    [&](const Placeholder& p) { return text.starts_with(p.name); });
    filled += found == placeholders.end() ? text.substr(0, 1) : found->value;
    text.remove_prefix(found == placeholders.end() ? 1 : found->name.size());
  }
  return filled;
}

}  // namespace

std::string_view name_of(Format format) { return suffix_of(format).substr(1); }

std::string_view suffix_of(Format format) { return format == Format::json ? ".json" : ".jsonl"; }

std::span<const Layout> layouts() {
  // Never destroyed: most runs are so short that it would be seen.
  static const auto& all = *new std::vector<Layout>(all_layouts());
  return all;
}

const Layout* find_layout(std::string_view name) {
  for (const Alias& alias : k_aliases) {
    if (alias.alias == name) name = alias.name;
  }
  for (const Layout& layout : layouts()) {
    if (layout.name == name) return &layout;
  }
  return nullptr;
}

const Layout* layout_of_path(std::string_view path) {
  std::vector<std::string> directory = components_of(path);
  if (directory.empty()) return nullptr;
  const std::string name = std::move(directory.back());
  directory.pop_back();
  for (const Layout& layout : layouts()) {
    if (layout.classify(name) == NameKind::session && lives_in(layout, directory)) return &layout;
  }
  return nullptr;
}

const Layout* layout_of_directory(std::string_view path) {
  const std::vector<const Layout*> all = layouts_of_directory(path);
  return all.empty() ? nullptr : all.front();
}

std::vector<const Layout*> layouts_of_directory(std::string_view path) {
  const std::vector<std::string> directory = components_of(path);
  std::vector<const Layout*> found;
  for (const Layout& layout : layouts()) {
    if (lives_in(layout, directory)) found.push_back(&layout);
  }
  return found;
}

NameKind Layout::classify(std::string_view entry) const {
  if (!single_file.empty()) return entry == single_file ? NameKind::session : NameKind::foreign;
  if (matches_any(side_names, entry)) return NameKind::side;
  if (!entry.ends_with(suffix) || entry.size() == suffix.size()) return NameKind::foreign;
  if (entry.starts_with('_') || entry.starts_with('.')) return NameKind::side;
  if (!stem_patterns.empty() && !matches_any(stem_patterns, stem(entry))) return NameKind::foreign;
  return NameKind::session;
}

bool Layout::may_hold_sessions(std::string_view below) const {
  return has_no_side_directory(*this, components_of(below));
}

std::string_view Layout::stem(std::string_view entry) const {
  if (entry.ends_with(suffix)) entry.remove_suffix(suffix.size());
  return entry;
}

Name Layout::file_name(std::string_view id) const {
  return single_file.empty() ? Name(id) + suffix : single_file;
}

std::optional<Bytes> Layout::make_empty_session(std::string_view id, TimePoint now) const {
  if (empty_session.empty()) return std::nullopt;
  const std::size_t separator = id.find('_');
  if (empty_session.find("{id_head}") != std::string::npos &&
      (separator == std::string_view::npos || separator == 0 || separator + 1 == id.size())) {
    return std::nullopt;
  }
  const std::size_t head = std::min(separator, id.size());
  const std::string time = format_rfc3339(now);
  const std::array placeholders = {Placeholder{"{id}", id}, Placeholder{"{id_head}", id.substr(0, head)},
                                   Placeholder{"{id_tail}", id.substr(std::min(head + 1, id.size()))},
                                   Placeholder{"{now}", time}};
  return fill_in(empty_session, placeholders);
}

}  // namespace session
