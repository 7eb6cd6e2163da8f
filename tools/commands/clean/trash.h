#pragma once
// The trash of a store: `.trash/<UTC>-<pid>/` for every run that removed something, and below it the same
// tree as the store. Nothing in it is a session of the store any more.

#include <vector>

#include "commands/clean/report.h"
#include "session/fs.h"
#include "session/step.h"

namespace session::commands {

inline constexpr std::string_view k_trash_name = ".trash";

struct TrashedSession {
  Path directory;  ///< where it lies now
  Path below;      ///< its directory relative to the store; empty: the store itself
  Name name;
  FileId id;
  TimePoint trashed;
};

/// The step that moves a judged file from `directory` of the store into the trash of this run.
class TrashRun {
 public:
  TrashRun(Path store, TimePoint now);
  [[nodiscard]] MoveStep step(const Path& directory, const Name& name, const FileId& judged) const;

 private:
  Path store_;
  Path run_;
};

/// Error where the trash of `store` is there and no directory of its own: a symlink would lead out of the
/// store.
Result<void> check_trash(Fs& fs, const Path& store);

/// What is in the trash of `store`, the latest first. Empty where there is no trash; as check_trash().
Result<std::vector<TrashedSession>> list_trash(Fs& fs, const Path& store);

/// Those of `trashed` (as listed) that `id` means: a file name, or one without its suffix. All of them are of
/// the latest run that has any.
std::vector<TrashedSession> find_trashed(const std::vector<TrashedSession>& trashed, std::string_view id);

/// The step that puts it back where it was, to be executed in TrashedSession::directory; never over another
/// file.
MoveStep restore_step(const Path& store, const TrashedSession& session);

/// Removes the directories of the trash that hold nothing, and the trash itself when that is all there was.
void tidy_trash(Fs& fs, const Path& store);

}  // namespace session::commands
