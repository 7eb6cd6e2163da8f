#pragma once
// Atomic write: after it, the target holds the old or the new content, whole, at every instant,
// through crash, kill, power cut and full disk; once it has returned success with Durability::full,
// the new content survives a power cut.
//
// Sequence (open(2), fsync(2), rename(2); docs/safety.md argues each step): temporary
// `{name}.tmp.{pid}` in the target's directory, O_EXCL|O_NOFOLLOW, mode and owner of the target (0600 for a
// new one) → write all → fsync → close → pin the old inode → rename → fsync of the directory →
// unpin. The old inode stays pinned until the directory is durable because its freed blocks could
// otherwise be reused before the rename commits, and ext4 data=writeback would bring the target
// back with somebody else's bytes. A new file with Existing::refuse and Durability::none has no name before
// it is whole, where the file system knows such files.

#include <functional>
#include <optional>

#include "session/fs.h"

namespace session {

/// What must have reached the medium when the call returns.
enum class Durability : std::uint8_t {
  full,  ///< content and name
  /// Content before the rename. After a power cut the name may come back with the old version, whose blocks
  /// may by then belong to others where the file system does not order data (ext4 data=writeback).
  data,
  none,  ///< atomic for readers and process crashes only
};

enum class Existing : std::uint8_t {
  replace,  ///< replace or create
  refuse,   ///< create only: Errc::exists if the name is taken
};

struct WriteOptions {
  Durability durability = Durability::full;
  Existing existing = Existing::replace;
  Mode new_file_mode = 0600;
  /// If set, the target must still be this file when it is replaced: otherwise Errc::changed and
  /// nothing is done. Meaningful under a lock; without one it narrows the race, no more.
  std::optional<FileId> expected = {};
};

struct Written {
  bool replaced = false;  ///< an older file stood there
  FileId id;              ///< the new file's identity
};

/// Writes `bytes` to `name` in `dir`. On any error but durability_unknown the target is untouched
/// and the temporary is gone (a temporary that cannot be removed is named in Error::detail).
/// durability_unknown: the new content is in place, but a flush after the rename failed.
/// A target that is a symlink, directory or special file is refused (not_regular): resolve first.
Result<Written> atomic_write(Fs& fs, const Dir& dir, const Name& name, ByteView bytes,
                             const WriteOptions& options);

/// Takes the next bytes of a file.
using WritePiece = std::function<Result<void>(ByteView piece)>;
/// Hands all of a file's bytes to `write`, in order; gives up with the error that this returns, or its own.
using MakeContent = std::function<Result<void>(const WritePiece& write)>;

/// The same for content that is made piece by piece; what `content` gives up with is returned, and the old
/// file stays.
Result<Written> atomic_write(Fs& fs, const Dir& dir, const Name& name, const MakeContent& content,
                             const WriteOptions& options);

/// The same by path: symlinked targets are resolved (at most 40 hops, ELOOP beyond), missing parent
/// directories are made (0700) and, with Durability::full, made durable.
Result<Written> atomic_write(Fs& fs, const Path& path, ByteView bytes, const WriteOptions& options);

/// The same on the machine's own file system; the form that exists on every platform. On Windows `path`
/// is UTF-8; the target's access list stands for its mode and owner (a new file is for its owner,
/// SYSTEM and administrators); a target that others hold open is tried again, for two seconds in all,
/// then `busy` or `denied`; one marked read-only is `denied` at once. Never deletes before it renames.
Result<Written> atomic_write(const Path& path, ByteView bytes, const WriteOptions& options);

/// Opens the directory `path`, making it and its missing parents (0700) first; durable with
/// Durability::full.
Result<Dir> open_or_make_dir(Fs& fs, const Path& path, Durability durability);

/// The temporary's name: `{name}.tmp.{pid}`, with `.{attempt}` after it from the second attempt on; `name`
/// shortened (names.h) where that is too long for a file system.
Name temp_name(const Name& name, long pid, unsigned attempt);

/// The whole of `bytes`, over short writes and EINTR. No progress at all is an io error.
Result<void> write_fully(Fs& fs, const File& file, ByteView bytes);

}  // namespace session
