#pragma once
// session-repair: makes damaged sessions load again, and keeps all it takes away.

#include <memory>

#include "cli/run.h"

namespace session::commands {

std::unique_ptr<cli::Tool> repair_tool();

}  // namespace session::commands
