#include "commands/clean/restore.h"

#include "commands/clean/trash.h"
#include "session/execute.h"
#include "session/lock.h"

namespace session::commands {
namespace {

Result<void> restore(Fs& fs, const CleanStore& store, const TrashedSession& session, milliseconds patience) {
  const auto root = fs.open_dir(store.path, FollowLinks::yes);
  if (!root) return Unexpected{root.error()};
  const auto lock = lock_file(fs, *root, Name(k_lock_name), LockKind::exclusive, patience);
  if (!lock) return Unexpected{lock.error()};
  const auto dir = fs.open_dir(session.directory, FollowLinks::no);
  if (!dir) return Unexpected{dir.error()};
  const auto done = execute(fs, *dir, restore_step(store.path, session));
  if (!done) return Unexpected{done.error()};
  tidy_trash(fs, store.path);
  return {};
}

/// Whether `id` was in the trash of `store`; what came of it is reported.
bool restore_from(Fs& fs, const CleanStore& store, std::string_view id, milliseconds patience, Doing doing,
                  CleanReport& report) {
  const auto trashed = list_trash(fs, store.path);
  if (!trashed) {
    report.failed(trashed.error());
    return false;
  }
  const std::vector<TrashedSession> found = find_trashed(*trashed, id);
  for (const TrashedSession& session : found) {
    const Path to = join_path(join_path(store.path, session.below), session.name);
    if (doing == Doing::cleaning) {
      if (const auto done = restore(fs, store, session, patience); !done) {
        report.failed(done.error(), done.error().code == Errc::exists
                                        ? "a session of that name stands there; move it away first"
                                        : "");
        continue;
      }
    }
    report.restored(join_path(session.directory, session.name), to);
  }
  return !found.empty();
}

}  // namespace

void show_trash(Fs& fs, const std::vector<CleanStore>& stores, CleanReport& report) {
  for (const CleanStore& store : stores) {
    const auto trashed = list_trash(fs, store.path);
    if (!trashed) {
      report.failed(trashed.error());
      continue;
    }
    for (const TrashedSession& session : *trashed) report.in_trash(session);
  }
}

void restore_sessions(Fs& fs, const std::vector<CleanStore>& stores, const std::vector<std::string>& ids,
                      milliseconds lock_timeout, Doing doing, CleanReport& report) {
  for (const std::string& id : ids) {
    bool is_found = false;
    for (const CleanStore& store : stores) {
      is_found = is_found || restore_from(fs, store, id, lock_timeout, doing, report);
    }
    if (!is_found) {
      report.failed(fail(Errc::not_found, Op::rename, id, "not in the trash").error,
                    "--list-trash shows what is there");
    }
  }
}

}  // namespace session::commands
