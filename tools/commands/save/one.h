#pragma once
// Saving, patching or appending to one session from one input.

#include "cli/run.h"
#include "commands/save/options.h"

namespace session::commands {

cli::ExitStatus save_one(cli::Context& context, const SaveRequest& request);

/// "atomic-write" where `error` came out of one, for the prefix of the message; else empty.
std::string_view stage_of(const Error& error);

}  // namespace session::commands
