#include "session/lock.h"

#include <algorithm>
#include <functional>
#include <thread>

namespace session {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Mode k_lock_mode = 0600;

using Open = std::function<Result<File>()>;

/// Whether `file` still stands under its name: a lock on an unlinked file excludes nobody.
Result<bool> still_in_place(Fs& fs, const Dir& dir, const Name& name, const File& file) {
  const Result<Stat> held = fs.stat(file);
  if (!held) return Unexpected{held.error()};
  const Result<Stat> named = fs.stat(dir, name);
  if (!named && named.error().code == Errc::not_found) return false;
  if (!named) return Unexpected{named.error()};
  return held->dev == named->dev && held->ino == named->ino;
}

/// A lock made by root in somebody's store must not shut the store's owner out.
Result<File> create_lock(Fs& fs, const Dir& dir, const Name& name) {
  Result<File> created = fs.create(dir, name, k_lock_mode);
  if (!created) return created;
  const Result<Stat> store = fs.stat(dir);
  const Result<Stat> lock = fs.stat(*created);
  if (store && lock && (store->uid != lock->uid || store->gid != lock->gid)) {
    // Nobody but root can, and nobody else has to: the lock is taken either way.
    static_cast<void>(fs.set_owner(*created, store->uid, store->gid));
  }
  return created;
}

Result<File> lock_opened(Fs& fs, const Dir& dir, const Name& name, LockKind kind, milliseconds patience,
                         const Open& open) {
  constexpr milliseconds k_first_pause{1};
  // A lock that has come free stands idle for about half of this; a look costs some 20 microseconds.
  constexpr milliseconds k_longest_pause{10};
  const Clock::time_point deadline = deadline_in(patience);
  for (milliseconds pause = k_first_pause;;) {
    Result<File> file = open();
    if (!file) return file;
    const Result<void> locked = fs.try_lock(*file, kind);
    if (locked) {
      const Result<bool> in_place = still_in_place(fs, dir, name, *file);
      if (!in_place) return Unexpected{in_place.error()};
      if (*in_place) return file;
      continue;  // what stands there now may be free
    }
    if (locked.error().code != Errc::busy) return Unexpected{locked.error()};
    const Clock::duration left = deadline - Clock::now();
    if (left <= Clock::duration::zero()) return fail(Errc::busy, Op::lock, file->path());
    std::this_thread::sleep_for(std::min<Clock::duration>(pause, left));
    pause = std::min(pause * 2, k_longest_pause);
  }
}

}  // namespace

Result<File> open_locked(Fs& fs, const Dir& dir, const Name& name, Access access, LockKind kind,
                         milliseconds patience) {
  return lock_opened(fs, dir, name, kind, patience, [&] { return fs.open(dir, name, access); });
}

Result<Lock> lock_file(Fs& fs, const Dir& dir, const Name& name, LockKind kind, milliseconds patience) {
  const auto open_or_create = [&]() -> Result<File> {
    Result<File> file = fs.open(dir, name, Access::read);
    if (file || file.error().code != Errc::not_found) return file;
    Result<File> created = create_lock(fs, dir, name);
    if (!created && created.error().code == Errc::exists) return fs.open(dir, name, Access::read);
    return created;
  };
  Result<File> file = lock_opened(fs, dir, name, kind, patience, open_or_create);
  if (!file) return Unexpected{std::move(file).error()};
  return Lock(std::move(*file));
}

}  // namespace session
