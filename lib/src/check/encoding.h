#pragma once
// What a file's first bytes say about its encoding and format.

#include <optional>
#include <string_view>

#include "session/layout.h"

namespace session::check {

/// "UTF-16LE with byte order mark" and the like; empty for everything that is not UTF-16 or UTF-32. Four
/// bytes are enough.
std::string_view foreign_encoding(std::string_view head);

/// JSON Lines if the first line is a value of its own and others follow, or looks like a damaged one of
/// several records; else one document. nullopt if `head` ends before it has shown that.
std::optional<Format> format_by_content(std::string_view head);

}  // namespace session::check
