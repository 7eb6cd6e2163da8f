#pragma once
// Scanning: the files of a store or tree, in an order that does not depend on the file system.
// Errors of one entry are items, never the end of the scan. Symlinks are reported, never followed
// (a root given by the user is resolved).

#include <functional>
#include <vector>

#include "session/fs.h"

namespace session {

struct ScanItem {
  Path path;  ///< root joined with the names below it, as the user would type it
  Name name;  ///< last component
  FileType type = FileType::unknown;
  std::optional<Error> error;  ///< the entry or directory could not be looked at
};

enum class Recurse : bool { no, yes };

/// Calls `visit` with the open directory and its entries, sorted by name (bytewise), directory by
/// directory, depth first. `visit` returns false to stop.
using Visit = std::function<bool(const Dir& dir, const std::vector<ScanItem>& items)>;
Result<void> scan(Fs& fs, const Path& root, Recurse recurse, const Visit& visit);

}  // namespace session
