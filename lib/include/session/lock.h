#pragma once
// The store lock: flock(2) on `<store>/.lock`, so that the kernel releases it when a process dies.
// Savers take it shared, cleaners and repairers exclusive, verifiers not at all: readers see the
// old or the new content.

#include "session/fs.h"
#include "session/time.h"

namespace session {

inline constexpr std::string_view k_lock_name = ".lock";

/// Held until it is destroyed.
class Lock {
 public:
  explicit Lock(File file) : file_(std::move(file)) {}

 private:
  File file_;
};

/// Takes the lock file `name` of `dir` (made 0600 when missing), waiting at most `patience`
/// (0 = do not wait) with growing pauses. Errc::busy when it is still held.
Result<Lock> lock_file(Fs& fs, const Dir& dir, const Name& name, LockKind kind, milliseconds patience);

/// Opens the file that stands under `name` and locks it itself (no lock file beside it): the lock of one
/// session, for read-modify-write and append. Opened anew when an atomic write has replaced the file while
/// we waited, so that the holder always holds the current version. not_found if there is none; Errc::busy
/// when it is still held after `patience`. Released when the file closes.
Result<File> open_locked(Fs& fs, const Dir& dir, const Name& name, Access access, LockKind kind,
                         milliseconds patience);

}  // namespace session
