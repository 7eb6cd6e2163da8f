#pragma once
// What is checked before a session replaces the one that stands there: the same for one and for many.

#include "session/save.h"

namespace session {

/// The refusal of a session that holds nothing in the place of one that holds something: invalid_content,
/// about `subject`.
Unexpected<Error> husk_refused(std::string_view subject);

/// The same (about `path`) where `content` would replace something with nothing; `old` is what stands there,
/// `size` bytes long. The errors of reading it.
Result<void> check_husk(Fs& fs, const File& old, std::uint64_t size, const Path& path, ByteView content,
                        Format format);

}  // namespace session
