#pragma once
// Openers that one byte took: told by the closer they belong to and by what stands first behind them.

#include "session/bytes.h"

namespace session::repair {

/// The opener that the contents from `item` on, which end at `closer`, begin with: `{` where a key stands
/// first and `}` ends it, `[` where a value that is no key stands first and `]` ends it. '\0' where they
/// disagree.
char opener_of_contents(ByteView bytes, std::size_t item, char closer, std::size_t end);

/// The opener that the byte at `at` stands in place of, if everything behind it, up to blanks and NULs before
/// `end`, is what such a container holds, and its closer. '\0' where it may as well be a part of what is
/// left.
char opener_replaced_at(ByteView bytes, std::size_t at, std::size_t end);

/// Behind the closer number `count` that closes something opened before `at`, of whichever kind; `end` where
/// there are fewer.
std::size_t behind_closers(ByteView bytes, std::size_t at, std::size_t count, std::size_t end);

}  // namespace session::repair
