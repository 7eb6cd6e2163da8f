#pragma once
// Command lines that people are told to type.

#include <string>
#include <string_view>
#include <vector>

#include "cli/run.h"

namespace session::cli {

/// `word` as a POSIX shell reads it back; $'...' with octal escapes where characters that must not reach a
/// terminal (control, bidirectional and invisible ones, bytes that are not UTF-8) would otherwise do so.
std::string quote_for_shell(std::string_view word);

/// `paths` as the last words of a command line, a blank before each, behind `--` where one of them would be
/// taken for an option.
std::string path_words(const std::vector<std::string>& paths);

/// `tool` with the --config and --layout of this run and with `options`, so that it sees what this run saw.
std::string command_like(const CommonOptions& common, std::string_view tool,
                         const std::vector<std::string>& options = {});

}  // namespace session::cli
