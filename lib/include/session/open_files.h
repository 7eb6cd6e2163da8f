#pragma once
// What other processes are doing to files, as far as the system tells.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "session/fs.h"

namespace session {

/// Whether anybody, of whatever user, has the file open for writing at this moment, `file` being open for
/// reading and `id` which file it is. The kernel itself answers: it grants a read lease (F_SETLEASE,
/// fcntl(2)) only where nobody has; it is given back at once. nullopt where it does not tell: to others than
/// the file's owner and root, and on file systems without leases or with such of a server's.
std::optional<bool> is_open_for_writing(const File& file, const FileId& id);

/// The regular files, by device and inode, that other processes have open for writing at this moment, each
/// with the pid of one of them. As far as this process may see: those of the same user, for the superuser
/// those of all. Empty where the system does not tell (no Linux, no /proc).
std::map<std::pair<std::uint64_t, std::uint64_t>, long> files_open_for_writing();

}  // namespace session
