#pragma once

#include "session/fs.h"

namespace session {

/// One read_at(), asked again only where a signal interrupted it; may be short.
Result<std::size_t> read_once(Fs& fs, const File& file, char* into, std::size_t size, std::uint64_t offset);

}  // namespace session
