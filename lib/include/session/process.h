#pragma once
// What the library needs to know of processes: who it is, whose rights it has, and whether the writer whose
// pid stands in a file name is still there.

#include <cstdint>

#include "session/error.h"

namespace session {

/// The pid of this process.
long process_id();

/// The user whose rights this process has (the effective uid).
unsigned user_id();

/// Gives up the superuser's rights for good, in all threads, and takes on those of `uid`: the groups that the
/// user database gives it, the group it names (`gid` where it does not know the user), then the uid. Needs
/// the superuser's rights (denied). After an error the process may have lost some of its rights and should
/// end. POSIX only.
Result<void> become_user(std::uint32_t uid, std::uint32_t gid);

/// Whether a process `pid` exists now (of any user). False for pid <= 0. A pid may have been given to
/// another process since, so "alive" is a reason to keep hands off, never a proof of ownership.
bool process_is_alive(long pid);

}  // namespace session
