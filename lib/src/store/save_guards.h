#pragma once
// What is checked before a session replaces the one that stands there: the same for one and for many.

#include "session/save.h"

namespace session {

/// Refuses (invalid_content, about `path`) `content` where it would replace something with nothing. `old`
/// is what stands there, `size` bytes long.
Result<void> check_husk(Fs& fs, const File& old, std::uint64_t size, const Path& path, ByteView content,
                        Format format);

}  // namespace session
