#pragma once
// What other processes are doing to files, as far as the system tells.

#include <cstdint>
#include <map>
#include <utility>

namespace session {

/// The regular files, by device and inode, that other processes have open for writing at this moment, each
/// with the pid of one of them. As far as this process may see: those of the same user, for the superuser
/// those of all. Empty where the system does not tell (no Linux, no /proc).
std::map<std::pair<std::uint64_t, std::uint64_t>, long> files_open_for_writing();

}  // namespace session
