#pragma once
// How much unwritten data the machine holds in its page cache: what a flush of a whole file system may have
// to wait for.

#include <cstdint>
#include <optional>

#include "session/fs.h"

namespace session {

/// Dirty pages and pages under writeback, of all file systems together, in bytes; nullopt where the system
/// does not say (/proc/meminfo).
std::optional<std::uint64_t> dirty_page_bytes(Fs& fs);

/// The same from the text of /proc/meminfo.
std::optional<std::uint64_t> parse_dirty_pages(ByteView meminfo);

}  // namespace session
