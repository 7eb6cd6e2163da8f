#pragma once
// session-save: writes sessions so that no crash can tear or lose them.

#include <memory>

#include "cli/run.h"

namespace session::commands {

std::unique_ptr<cli::Tool> save_tool();

}  // namespace session::commands
