#pragma once
// Hook mode: called by an agent's host at every prompt, it starts a clean-up in the background at the first
// prompt of a session, and costs nothing at the others.

#include <optional>
#include <string>
#include <vector>

#include "session/environment.h"
#include "session/fs.h"

namespace session::commands {

/// Reads the hook's JSON from standard input. If `<cwd>/.synapse/sessions` is a store, and the session it
/// names has not had a prompt (no file yet, or prompt_count 0) and no clean-up was started for it, runs this
/// program with `arguments` in that directory, in a session of its own and without terminal, and does not
/// wait. Nothing is written or started where the configuration in force there (`config`: from --config) says
/// that clean-ups are off, or cannot be read. Whatever is wrong, it is not the prompt's concern: there is no
/// error.
void run_hook(Fs& fs, const std::optional<Path>& config, const Environment& environment,
              const std::vector<std::string>& arguments);

}  // namespace session::commands
