#pragma once
// Where the stores of a layout are on this machine: its homes, with their patterns looked up in the file
// system. Nothing is made, nothing but directories is looked at.

#include <optional>
#include <vector>

#include "session/fs.h"
#include "session/layout.h"

namespace session {

/// The directories that the usual home of `layout` means. A plain home, the first there is, whether it exists
/// or not; where all are patterns, the directories that match the first of them, in bytewise order. Relative
/// ones stand in `project`, those from `~/` in `user`; without `user` they are left out. Directories that
/// cannot be read match nothing.
std::vector<Path> find_homes(Fs& fs, const Layout& layout, const Path& project,
                             const std::optional<Path>& user);

}  // namespace session
