#include "cli/shell.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"

namespace session::cli {

std::string quote_for_shell(std::string_view word) {
  constexpr std::string_view k_plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,:@%+=";
  if (!word.empty() && word.find_first_not_of(k_plain) == std::string_view::npos) return std::string(word);
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  const bool printable = escape_for_terminal(word) == word;
  std::string quoted = printable ? "'" : "$'";
  for (const char c : word) {
    if (printable) {
      quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    } else if (c == '\'' || c == '\\') {
      quoted += {'\\', c};
    } else if (is_control(c) || static_cast<unsigned char>(c) >= 0x80) {
      quoted += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string path_words(const std::vector<std::string>& paths) {
  const bool looks_like_option =
      std::any_of(paths.begin(), paths.end(), [](const std::string& path) { return path.starts_with('-'); });
  std::string words = looks_like_option ? " --" : "";
  for (const std::string& path : paths) words += " " + quote_for_shell(path);
  return words;
}

std::string command_like(const CommonOptions& common, std::string_view tool,
                         const std::vector<std::string>& options) {
  std::string line(tool);
  const auto add = [&](const std::string& word) { line += " " + quote_for_shell(word); };
  if (!common.config_file.empty()) add("--config"), add(common.config_file);
  if (!common.layout.empty()) add("--layout"), add(common.layout);
  for (const std::string& option : options) add(option);
  return line;
}

}  // namespace session::cli
