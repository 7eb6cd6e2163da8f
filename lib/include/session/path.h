#pragma once
// Paths as text: lexical work only, nothing here looks at a file system. What is joined again is join_path()
// in session/bytes.h.

#include "session/bytes.h"

namespace session {

struct SplitPath {
  Path parent;  ///< "" for a path without a slash: the working directory; "/" for what stands in the root
  Name name;    ///< what follows the last slash; empty after a slash at the end
};

/// `path` at its last slash. "." and ".." are names like others.
SplitPath split_path(const Path& path);

}  // namespace session
