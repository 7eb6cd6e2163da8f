#pragma once
// The sidecar: the bytes that a repair dropped, each range with where it stood. docs/repair.md has its form.

#include <vector>

#include "session/repair.h"

namespace session::commands {

/// The sidecar of a repair of `name`, `original` before it; only what was lost, no padding.
Bytes make_sidecar(std::string_view name, ByteView original, const std::vector<DroppedRange>& dropped);

}  // namespace session::commands
