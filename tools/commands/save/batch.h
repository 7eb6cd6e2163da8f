#pragma once
// Saving many sessions from JSON Lines: one {"id": …, "session": …} a line.

#include "cli/run.h"
#include "commands/save/options.h"

namespace session::commands {

cli::ExitStatus save_batch(cli::Context& context, const SaveRequest& request);

}  // namespace session::commands
