#pragma once
// Merge conflicts: what a version control system leaves in a file that two sides changed.

#include <optional>
#include <vector>

#include "repair/salvage/spans.h"
#include "session/bytes.h"

namespace session::repair {

struct Side {
  Bytes text;
  std::vector<Span> spans;  ///< where each piece of `text` stood in the input
  /// The latest date and time named in what only this side has; empty if none.
  Bytes latest;
  std::size_t own_bytes = 0;
};

struct Conflict {
  Side ours;
  Side theirs;
};

/// The two whole sides of `bytes`; nullopt if it has no complete conflict markers.
std::optional<Conflict> split_conflict(ByteView bytes);

}  // namespace session::repair
