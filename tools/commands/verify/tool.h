#pragma once
// session-verify: finds damage, and says exactly where.

#include <memory>

#include "cli/run.h"

namespace session::commands {

std::unique_ptr<cli::Tool> verify_tool();

}  // namespace session::commands
