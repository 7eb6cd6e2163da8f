#pragma once
// Sessions that are symbolic links: they are saved and removed where they point.

#include <optional>

#include "session/fs.h"

namespace session {

/// Where `name` of `dir` leads if it is a symbolic link, by the path of `dir`; nullopt where a file stands
/// under its own name, or nothing.
Result<std::optional<Place>> place_of_link(Fs& fs, const Dir& dir, const Name& name);

}  // namespace session
