#pragma once
// The gateway's persistence task: sessions in memory, saved at intervals and at the end.

#include "cli/run.h"
#include "commands/save/options.h"

namespace session::commands {

cli::ExitStatus save_autosave(cli::Context& context, const SaveRequest& request);

}  // namespace session::commands
