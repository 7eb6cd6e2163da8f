#pragma once
// Terminals: whether one is there, whether it takes colour, and how names are shown on it.

#include <cstdint>
#include <string>
#include <string_view>

#include "session/environment.h"

namespace session::cli {

enum class ColorChoice : std::uint8_t { automatic, always, never };

/// What an output descriptor is.
struct Terminal {
  bool is_terminal = false;
  bool color = false;
};

/// --color first; then NO_COLOR (set and not empty: none), CLICOLOR_FORCE (set, not empty, not "0":
/// always), TERM=dumb (none); then whether the descriptor is a terminal.
Terminal describe_terminal(int descriptor, ColorChoice choice, const Environment& environment);
bool takes_color(bool is_terminal, ColorChoice choice, const Environment& environment);

enum class Style : std::uint8_t { good, warning, bad, strong, faint };
/// `text` between the escape sequences of `style`.
std::string with_style(Style style, std::string_view text);

/// Escapes what could deceive or disturb a terminal: control characters (C0, DEL, C1), bidirectional
/// and zero-width characters, noncharacters, and invalid UTF-8, each as \xHH or \u{...}.
std::string escape_for_terminal(std::string_view text);

/// Escapes control characters of ASCII as \xHH and nothing else, so that a name with a line break in it does
/// not make two lines of a message that is read by lines.
std::string escape_controls(std::string_view text);

}  // namespace session::cli
