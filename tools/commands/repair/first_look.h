#pragma once
// The first look at a large file: most are healthy, and need not be held in memory to find that out.

#include "commands/repair/request.h"
#include "commands/verify/task.h"
#include "session/inspect.h"

namespace session::commands {

struct FirstLook {
  bool is_whole = false;           ///< there is nothing in its text to repair
  std::optional<Diagnosis> known;  ///< of all of it, where there is one
};

/// Looks through the file `name` in bounded memory, if it is large. One that begins or ends as no healthy one
/// does is not looked at: what is wrong with it can be found out while it is mended.
Result<FirstLook> look_first(Fs& fs, const RepairOptions& plan, const VerifyPlace& place, const Name& name,
                             const OpenedFile& opened, const Subject& subject);

}  // namespace session::commands
