#pragma once
// A temporary whose session is gone altogether: the writer was killed before its first rename, or somebody
// removed the session. It is the only copy, and gets the session's name.

#include "commands/repair/neighbours.h"

namespace session::commands {

/// Promotes the temporary of `task` to the session `primary`, or plans to, if it is whole and the newest of
/// its kind. `answer` has its path.
RepairAnswer promote(Fs& fs, const RepairRequest& request, Neighbours& neighbours, const VerifyTask& task,
                     const Artifact& artifact, const Name& primary, RepairAnswer answer);

}  // namespace session::commands
