#pragma once
// session-clean: removes the sessions whose activity is older than their TTL, and nothing else.

#include <memory>

#include "cli/run.h"

namespace session::commands {

std::unique_ptr<cli::Tool> clean_tool();

}  // namespace session::commands
