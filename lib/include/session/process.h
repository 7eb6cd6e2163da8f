#pragma once
// What the library needs to know of processes: who it is, and whether the writer whose pid stands in a file
// name is still there.

namespace session {

/// The pid of this process.
long process_id();

/// The user whose rights this process has (the effective uid).
unsigned user_id();

/// Whether a process `pid` exists now (of any user). False for pid <= 0. A pid may have been given to
/// another process since, so "alive" is a reason to keep hands off, never a proof of ownership.
bool process_is_alive(long pid);

}  // namespace session
