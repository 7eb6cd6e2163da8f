#pragma once
// Command lines that people are told to type.

#include <string>
#include <string_view>

namespace session::cli {

/// `word` as a POSIX shell reads it back; $'...' where control characters or bytes that are not UTF-8 would
/// otherwise reach a terminal.
std::string quote_for_shell(std::string_view word);

}  // namespace session::cli
