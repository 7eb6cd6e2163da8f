#pragma once
// A block that came from another version of the file. Where the versions differ in length before it, what is
// in it stands a little earlier or later there: right where it begins, or ends, the text says once more what
// it said right before, and as many bytes are missing at its other end.

#include <optional>
#include <vector>

#include "repair/salvage/spans.h"
#include "session/bytes.h"
#include "session/layout.h"

namespace session::repair {

/// The input as it would be had the block not come from elsewhere: what stands twice once, and NULs in place
/// of what is missing. nullopt where `bytes` has no such block, or it is not told which: it must begin or end
/// where those of file systems do, what is said twice must be so long and so irregular that it is no chance,
/// and without it the text must read on up to the block's other end. Texts beyond 1 MB are not looked
/// through.
std::optional<Reading> realign_old_block(ByteView bytes, Format format);

}  // namespace session::repair
