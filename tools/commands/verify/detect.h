#pragma once
// session-verify --detect: what layout a directory or file is, how certainly, and why.

#include <vector>

#include "cli/run.h"
#include "session/error.h"

namespace session::commands {

/// One item for each of `paths`; a path nothing can be said of is an error and k_exit_operation_failed.
cli::ExitStatus run_detect(cli::Context& context, const std::vector<Path>& paths);

}  // namespace session::commands
