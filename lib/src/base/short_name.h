#pragma once
// Names that are too long: file systems take 255 bytes, and what lies around a file needs a name longer than
// the file's own.

#include "session/bytes.h"

namespace session {

inline constexpr std::size_t k_longest_name = 255;

/// What stands for `name` where it and a suffix have no room: its first bytes (whole characters where it is
/// UTF-8), '~', 16 hexadecimal digits of its SHA-256, and its extension; always at most k_short_name bytes.
Name shortened(std::string_view name);
inline constexpr std::size_t k_short_name = 200;

/// Whether `name` is one that shortened() made; a name of somebody else that looks like one counts too.
bool is_shortened(std::string_view name);

/// `name` + `suffix`, `name` shortened where that would be longer than k_longest_name.
Name with_suffix(std::string_view name, std::string_view suffix);

}  // namespace session
