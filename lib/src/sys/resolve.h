#pragma once
// Following symlinks to the file a path means, where what becomes of a missing parent is the caller's choice.

#include <functional>

#include "session/fs.h"

namespace session {

using OpenParent = std::function<Result<Place>(Fs&, const Path&)>;

/// open_parent_resolved() of fs.h, with every parent opened by `open`.
Result<Place> resolve_links(Fs& fs, const Path& path, const OpenParent& open);

}  // namespace session
