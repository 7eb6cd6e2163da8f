#pragma once
// Whether a text is damaged only where it ends.

#include <cstddef>

#include "session/bytes.h"

namespace session::repair {

/// Whether [begin, end), blanks before it and NULs behind it apart, is the beginning of a valid value:
/// nothing in it is broken, only its end is missing.
bool reads_on(ByteView bytes, std::size_t begin, std::size_t end);

}  // namespace session::repair
