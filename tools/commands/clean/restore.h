#pragma once
// The way back: what is in the trash, and putting it where it was.

#include <string>
#include <vector>

#include "commands/clean/report.h"
#include "commands/clean/stores.h"

namespace session::commands {

/// Reports what the trash of every store holds.
void show_trash(Fs& fs, const std::vector<CleanStore>& stores, CleanReport& report);

/// Restores each of `ids` from the trash of the first store that has it; never over a file that stands there.
/// An id that is nowhere is a failure.
void restore_sessions(Fs& fs, const std::vector<CleanStore>& stores, const std::vector<std::string>& ids,
                      milliseconds lock_timeout, Doing doing, CleanReport& report);

}  // namespace session::commands
