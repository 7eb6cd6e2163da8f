#pragma once
// Stores that share files: the same directory named twice, by another path or through a symlink, one inside
// the other, a single session beside its whole store. Each file is to be judged, counted and removed once.

#include <vector>

#include "commands/clean/stores.h"
#include "session/fs.h"

namespace session::commands {

/// Drops from `stores` what an earlier one covers, and lets an outer store leave those inside it alone: they
/// go by their own rules. Stores of one directory that have different layouts stay apart. A problem where one
/// directory and layout is configured twice with different rules: neither of them is to be guessed.
Result<void, cli::UsageProblem> separate_stores(Fs& fs, std::vector<CleanStore>& stores);

/// Whether both paths lead to one directory that is there.
bool is_same_directory(Fs& fs, const Path& one, const Path& other);

}  // namespace session::commands
