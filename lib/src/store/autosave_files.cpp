// What stands in the store where a session is to be saved or removed: another program's version is never
// lost.

#include <atomic>
#include <utility>

#include "session/autosave.h"
#include "session/names.h"
#include "session/process.h"
#include "store/link_place.h"

namespace session {

/// Saves `content` where a version stands that we have not written: that is kept, under another name.
Result<Saved> Autosave::save_over_foreign(const Name& name, const SharedBytes& content, RoundReport& report) {
  const Result<std::optional<Place>> link = place_of_link(fs_, dir_, name);
  if (!link) return Unexpected{link.error()};
  on_disk_.erase(name);
  return *link ? save_over((*link)->dir, (*link)->name, content, report)
               : save_over(dir_, name, content, report);
}

Result<Saved> Autosave::save_over(const Dir& dir, const Name& name, const SharedBytes& content,
                                  RoundReport& report) {
  static std::atomic<unsigned> counter = 0;
  const Result<Stat> standing = fs_.stat(dir, name);
  if (!standing && standing.error().code != Errc::not_found) return Unexpected{standing.error()};
  std::optional<AsideNote> note;
  std::optional<FileId> in_place, copy;
  if (standing) {
    const Result<File> file = fs_.open(dir, name, Access::read);
    const Result<Bytes> old = file ? read_all(fs_, *file, k_largest_session) : Unexpected{file.error()};
    const bool is_readable = old || old.error().code == Errc::too_large;
    const bool damaged = !is_readable || (old && !check_content(*old, options_.format, name));
    const ArtifactKind kind = damaged ? ArtifactKind::quarantined : ArtifactKind::backup;
    const Name aside = make_artifact_name(kind, name, now(), process_id(), counter++);
    // A copy, so that the session is there at every instant; what cannot be read can only be moved.
    const Result<Outcome> kept =
        is_readable ? execute(fs_, dir, CopyStep{name, id_of(*standing), aside, options_.durability})
                    : execute(fs_, dir, MoveStep{name, id_of(*standing), "", aside, options_.durability});
    if (!kept) return Unexpected{kept.error()};
    if (is_readable) {
      in_place = id_of(*standing);
      copy = kept->id;
    }
    note = AsideNote{aside,
                     {Errc::changed, Op::rename, 0, join_path(dir.path(), name),
                      damaged ? "it was damaged or unreadable" : "another program had changed it"}};
  }
  const SaveOptions options{
      .durability = options_.durability, .lock_patience = milliseconds(0), .husk = Husk::accept};
  const SaveItem item{.name = name, .content = content, .owned = true, .on_disk = in_place};
  Result<Saved> saved = std::move(save_sessions(fs_, dir, {&item, 1}, options_.format, options).front());
  const bool changed_nothing = !saved && saved.error().code != Errc::durability_unknown;
  if (changed_nothing && copy) {
    // The next round makes one anew; should this one stay, it does no harm.
    const Result<Outcome> removed = execute(fs_, dir, RemoveStep{note->name, *copy});
    static_cast<void>(removed);
  } else if (note) {
    report.kept_aside.push_back(std::move(*note));
  }
  return saved;
}

/// Whether the session's file is gone; false where another program's version stays in its place.
Result<bool> Autosave::remove_file(const Name& name, RoundReport& report) {
  const auto ours = on_disk_.find(name);
  if (ours == on_disk_.end()) return true;
  const Result<std::optional<Place>> link = place_of_link(fs_, dir_, name);
  if (!link) return Unexpected{link.error()};
  const Dir& dir = *link ? (*link)->dir : dir_;
  const Name& file = *link ? (*link)->name : name;
  // Held until it is gone: whoever appends to it or patches it must not do that to a file without a name.
  const Result<File> session =
      open_locked(fs_, dir, file, Access::read, LockKind::exclusive, milliseconds(0));
  if (!session && session.error().code == Errc::busy) return Unexpected{session.error()};
  const Result<Outcome> removed = execute(fs_, dir, RemoveStep{file, ours->second});
  const bool foreign = !removed && removed.error().code == Errc::changed;
  if (!removed && !foreign && removed.error().code != Errc::not_found) return Unexpected{removed.error()};
  if (foreign) report.kept_aside.push_back({name, removed.error()});
  // The round flushes the store's own directory.
  if (*link && !foreign && options_.durability == Durability::full) {
    if (Result<void> synced = fs_.sync(dir); !synced) return Unexpected{synced.error()};
  }
  on_disk_.erase(ours);
  return !foreign;
}

}  // namespace session
