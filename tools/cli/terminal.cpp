#include "cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/utf8.h"

namespace session::cli {

namespace {

bool is_set(const Environment& environment, std::string_view name) {
  const std::optional<std::string> value = environment(name);
  return value && !value->empty();
}

/// Reserved for ever, and never text: the last two of each plane, and 32 more.
bool is_noncharacter(char32_t character) {
  return (character & 0xFFFEU) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
}

bool disturbs_a_terminal(char32_t character) {
  const auto within = [character](char32_t first, char32_t last) {
    return character >= first && character <= last;
  };
  return character < 0x20 || within(0x7F, 0x9F) || character == 0xAD ||  // controls, soft hyphen
         character == 0x61C || within(0x200B, 0x200F) ||                 // zero width, direction marks
         within(0x2028, 0x202E) || within(0x2060, 0x206F) ||             // separators, embeddings, isolates
         character == 0xFEFF || within(0xFFF9, 0xFFFB) || within(0xE0000, 0xE007F) ||  // tags
         is_noncharacter(character);
}

}  // namespace

bool takes_color(bool is_terminal, ColorChoice choice, const Environment& environment) {
  if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
  if (is_set(environment, "NO_COLOR")) return false;
  if (is_set(environment, "CLICOLOR_FORCE") && environment("CLICOLOR_FORCE") != "0") return true;
  return is_terminal && environment("TERM") != "dumb";
}

Terminal describe_terminal(int descriptor, ColorChoice choice, const Environment& environment) {
  const bool is_terminal = ::isatty(descriptor) == 1;
  return {is_terminal, takes_color(is_terminal, choice, environment)};
}

std::string with_style(Style style, std::string_view text) {
  std::string_view code;
  switch (style) {
    case Style::good: code = "32"; break;
    case Style::warning: code = "33"; break;
    case Style::bad: code = "31"; break;
    case Style::strong: code = "1"; break;
    case Style::faint: code = "2"; break;
  }
  return fmt::format("\033[{}m{}\033[0m", code, text);
}

std::string escape_for_terminal(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Utf8Character next = first_character(text);
    const std::string_view bytes = text.substr(0, next.length);
    if (!next.valid || (next.value < 0x20) || next.value == 0x7F) {
      fmt::format_to(std::back_inserter(shown), "\\x{:02X}", static_cast<unsigned char>(bytes.front()));
    } else if (disturbs_a_terminal(next.value)) {
      fmt::format_to(std::back_inserter(shown), "\\u{{{:X}}}", static_cast<std::uint32_t>(next.value));
    } else {
      shown += bytes;
    }
    text.remove_prefix(next.length);
  }
  return shown;
}

std::string escape_controls(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7F) {
      fmt::format_to(std::back_inserter(shown), "\\x{:02X}", code);
    } else {
      shown += byte;
    }
  }
  return shown;
}

}  // namespace session::cli
