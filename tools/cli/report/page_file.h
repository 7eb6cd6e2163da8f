#pragma once
// --report FILE.html: the option, and the writing of the page. What is on it is the tool's.

#include <string>

#include "cli/cli11.h"
#include "session/fs.h"
#include "session/result.h"

namespace session::cli {

/// The option, bound to `file`. It takes names of pages only: a page never takes the place of a session,
/// whatever was mistyped.
CLI::Option* add_page_option(CLI::App& app, std::string& file, const std::string& words);

/// Whether there is a place for `file` (empty: no page is wanted), so that it is found out before anything is
/// done.
Result<void> look_for_page_place(Fs& fs, const std::string& file);

/// The page in place of the old one, if any, atomically and readable by its owner alone.
Result<void> write_page(Fs& fs, const std::string& file, std::string html);

}  // namespace session::cli
