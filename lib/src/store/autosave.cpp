#include "session/autosave.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "session/names.h"
#include "session/patch.h"
#include "session/process.h"
#include "session/scan.h"
#include "sys/staged_file.h"

namespace session {
namespace {

using Clock = std::chrono::steady_clock;

/// So many sessions are saved before their marks are taken away.
constexpr std::size_t k_sessions_at_once = 4'096;
/// A file that is larger is no session of a program that keeps its sessions in memory.
constexpr std::uint64_t k_largest_session = 1 << 30;
/// So often a round that waits for what others hold looks whether it is to go on waiting.
constexpr milliseconds k_wait_at_once{50};

Error about(Error error, std::string_view subject) {
  error.subject = subject;
  return error;
}

bool is_same_directory(const Stat& a, const Stat& b) { return a.dev == b.dev && a.ino == b.ino; }

/// The id of the session `name` holds; nullopt if it holds none.
std::optional<std::string> id_of_file(const Name& name, const AutosaveOptions& options) {
  if (parse_artifact(name)) return std::nullopt;
  const Layout* const layout = options.layout;
  std::string_view id;
  if (layout != nullptr) {
    if (layout->classify(name) != NameKind::session) return std::nullopt;
    id = layout->stem(name);
  } else {
    const std::string_view suffix = options.format == Format::json ? ".json" : ".jsonl";
    if (!name.ends_with(suffix)) return std::nullopt;
    id = std::string_view(name).substr(0, name.size() - suffix.size());
  }
  const Result<Name> same = session_file_name(id, layout, options.format);
  if (!same || *same != name) return std::nullopt;
  return std::string(id);
}

}  // namespace

Result<std::shared_ptr<Autosave>> Autosave::open(Fs& fs, const Path& store, const AutosaveOptions& options,
                                                 LoadReport& report) {
  std::shared_ptr<Autosave> autosave(new Autosave(fs, store, options));
  if (Result<void> attached = autosave->attach(); !attached) return Unexpected{attached.error()};
  if (Result<void> loaded = autosave->load(report); !loaded) return Unexpected{loaded.error()};
  return autosave;
}

/// Makes sure that the directory we hold is the one that stands under the store's path.
Result<void> Autosave::attach() {
  Result<Dir> dir = open_or_make_dir(fs_, path_, options_.durability);
  if (!dir) return Unexpected{std::move(dir).error()};
  if (dir_) {
    const Result<Stat> before = fs_.stat(dir_);
    if (!before) return Unexpected{before.error()};
    const Result<Stat> now = fs_.stat(*dir);
    if (!now) return Unexpected{now.error()};
    if (is_same_directory(*before, *now)) return {};
  }
  Result<Lock> lock = lock_file(fs_, *dir, Name(k_autosave_lock_name), LockKind::exclusive, milliseconds(0));
  if (!lock) return Unexpected{std::move(lock).error()};
  const bool replaced = static_cast<bool>(dir_);
  dir_ = std::move(*dir);
  lock_ = std::move(*lock);
  if (replaced) {
    // What was saved went with the directory that was removed or moved away.
    on_disk_.clear();
    table_.mark_all_unsaved();
  }
  return {};
}

Result<void> Autosave::load(LoadReport& report) {
  const Visit visit = [&](const std::shared_ptr<const Dir>& dir, const std::vector<ScanItem>& items) {
    for (const ScanItem& item : items) {
      if (item.error) {
        report.left_alone.push_back({item.name, *item.error});
      } else if (item.type == FileType::regular || item.type == FileType::symlink) {
        load_if_it_fits(*dir, item.name, report);
      } else if (id_of_file(item.name, options_)) {
        report.left_alone.push_back(
            {item.name, fail(Errc::not_regular, Op::open, join_path(dir->path(), item.name)).error});
      }
    }
    return true;
  };
  return scan(fs_, path_, {}, visit);
}

void Autosave::load_if_it_fits(const Dir& dir, const Name& name, LoadReport& report) {
  try {
    load_one(dir, name, report);
  } catch (const std::bad_alloc&) {
    const Path path = join_path(dir.path(), name);
    report.left_alone.push_back(
        {name, fail(Errc::too_large, Op::read, path, "there is no memory for it").error});
  }
}

void Autosave::load_one(const Dir& dir, const Name& name, LoadReport& report) {
  const std::optional<std::string> id = id_of_file(name, options_);
  if (!id) {
    const std::string_view other = options_.format == Format::json ? ".jsonl" : ".json";
    if (!options_.takes_twins && name.ends_with(other)) twins_.insert(name);
    return;
  }
  const auto leave = [&](const Error& error) { report.left_alone.push_back({name, error}); };
  // Read where it points, as it is saved there.
  const Result<Place> place = open_parent_resolved(fs_, join_path(dir.path(), name));
  if (!place) return leave(place.error());
  const Result<File> file = fs_.open(place->dir, place->name, Access::read);
  // A link that leads nowhere is what the removal of a session leaves of it.
  if (!file && file.error().code == Errc::not_found) return;
  if (!file) return leave(file.error());
  const Result<Stat> about_file = fs_.stat(*file);
  if (!about_file) return leave(about_file.error());
  Result<Bytes> content = read_all(fs_, *file, k_largest_session);
  if (!content) return leave(content.error());
  if (Result<void> valid = check_content(*content, options_.format, file->path()); !valid) {
    return leave(valid.error());
  }
  ++report.loaded;
  report.bytes += content->size();
  on_disk_[name] = id_of(*about_file);
  table_.put_saved(*id, share(std::move(*content)));
}

Result<void> Autosave::put(std::string_view id, Bytes content) {
  const Result<Name> name = session_file_name(id, options_.layout, options_.format);
  if (!name) return Unexpected{name.error()};
  if (Result<void> valid = check_content(content, options_.format, id); !valid) return valid;
  if (is_husk(content, options_.format)) {
    const SharedBytes old = table_.get(id);
    if (old && !is_husk(*old, options_.format)) {
      return fail(Errc::invalid_content, Op::validate, std::string(id),
                  "an empty session must not replace one with content");
    }
  }
  if (const Name twin = twin_file_name(id, options_.format); has_twin(twin) && !table_.get(id)) {
    return fail(Errc::bad_argument, Op::validate, std::string(id),
                "it stands in " + twin + " and would be begun anew");
  }
  table_.put(std::string(id), share(std::move(content)));
  return {};
}

/// Whether a file of the other format that was there at the start is there still.
bool Autosave::has_twin(const Name& name) const {
  if (!twins_.contains(name)) return false;
  const Result<Dir> dir = fs_.open_dir(path_, FollowLinks::yes);
  return !dir || fs_.stat(*dir, name);
}

Result<void> Autosave::patch(std::string_view id, ByteView patch) {
  if (options_.format == Format::json_lines) {
    return fail(Errc::bad_argument, Op::validate, std::string(id),
                "a patch changes a JSON document; sessions here are JSON Lines");
  }
  while (true) {
    const SharedBytes old = table_.get(id);
    if (!old) return fail(Errc::not_found, Op::open, std::string(id), "there is no such session");
    Result<Bytes> patched = merge_patch(*old, patch);
    if (!patched) return Unexpected{about(std::move(patched).error(), id)};
    if (is_husk(*patched, options_.format) && !is_husk(*old, options_.format)) {
      return fail(Errc::invalid_content, Op::validate, std::string(id),
                  "an empty session must not replace one with content");
    }
    if (table_.put_if(std::string(id), old, share(std::move(*patched)))) return {};
  }
}

bool Autosave::remove(std::string_view id) { return table_.remove(id); }

Name Autosave::name_of(const std::string& id) const {
  return *session_file_name(id, options_.layout, options_.format);
}

RoundReport Autosave::save_unsaved() {
  const std::lock_guard one_at_a_time(round_);
  const Clock::time_point start = Clock::now();
  RoundReport report;
  const Result<void> attached = attach();
  const SessionTable::Snapshot snapshot = table_.snapshot();
  report.lock_held = snapshot.lock_held;
  if (attached) {
    // A session that another program holds must not make the others wait.
    Held held;
    save_all(snapshot.unsaved, milliseconds(0), held, report);
    const Clock::time_point give_up_at = deadline_in(options_.lock_patience);
    while (!held.empty() && !hurried_ && left_until(give_up_at) > milliseconds(0)) {
      const Held again = std::exchange(held, {});
      save_all(again, std::min(k_wait_at_once, left_until(give_up_at)), held, report);
    }
    fail_all(held, fail(Errc::busy, Op::lock, path_, "another program holds the session or the store").error,
             report);
  } else {
    fail_all(snapshot.unsaved, attached.error(), report);
  }
  report.elapsed = Clock::now() - start;
  return report;
}

/// Saves all of them, with `patience` for all locks together. What others hold for longer goes to `held`.
void Autosave::save_all(std::span<const SessionTable::VersionRef> versions, milliseconds patience, Held& held,
                        RoundReport& report) {
  const Clock::time_point give_up_at = deadline_in(patience);
  while (!versions.empty()) {
    const auto some = versions.first(std::min(versions.size(), k_sessions_at_once));
    versions = versions.subspan(some.size());
    save_versions(some, left_until(give_up_at), held, report);
  }
}

void Autosave::fail_all(std::span<const SessionTable::VersionRef> versions, const Error& error,
                        RoundReport& report) {
  for (const SessionTable::VersionRef& version : versions) report.failures.push_back({version->id, error});
}

void Autosave::save_versions(std::span<const SessionTable::VersionRef> versions, milliseconds patience,
                             Held& held, RoundReport& report) {
  std::vector<SaveItem> items;
  std::vector<const SessionTable::VersionRef*> of_item;
  std::vector<SessionTable::VersionRef> to_remove;
  for (const SessionTable::VersionRef& version : versions) {
    if (!version->content) {
      to_remove.push_back(version);
      continue;
    }
    SaveItem item{.name = name_of(version->id), .content = version->content, .owned = true};
    if (const auto ours = on_disk_.find(item.name); ours != on_disk_.end()) item.on_disk = ours->second;
    items.push_back(std::move(item));
    of_item.push_back(&version);
  }
  // What was put is content or may replace what stands there: put() has seen to that.
  const SaveOptions options{
      .durability = options_.durability, .lock_patience = patience, .husk = Husk::accept};
  std::vector<Result<Saved>> results = save_sessions(fs_, dir_, items, options_.format, options);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i] && results[i].error().code == Errc::busy) {
      held.push_back(*of_item[i]);
    } else {
      take_result(*of_item[i], items[i].name, std::move(results[i]), report);
    }
  }
  if (!to_remove.empty()) remove_sessions(to_remove, patience, held, report);
}

void Autosave::take_result(const SessionTable::VersionRef& version, const Name& name, Result<Saved> result,
                           RoundReport& report) {
  if (!result && (result.error().code == Errc::changed || result.error().code == Errc::exists)) {
    result = save_over_foreign(name, version->content, report);
  }
  if (!result) {
    // It is in place, though not for certain: in the next round it must be known for ours.
    if (result.error().code == Errc::durability_unknown) {
      const Result<std::optional<Place>> link = link_target(name);
      const Result<Stat> standing =
          link && *link ? fs_.stat((*link)->dir, (*link)->name) : fs_.stat(dir_, name);
      if (standing) on_disk_[name] = id_of(*standing);
    }
    report.failures.push_back({version->id, std::move(result).error()});
    return;
  }
  on_disk_[name] = result->id;
  ++report.saved;
  report.bytes += result->bytes;
  table_.mark_saved({&version, 1});
}

/// Saves `content` where a version stands that we have not written: that is kept, under another name.
Result<Saved> Autosave::save_over_foreign(const Name& name, const SharedBytes& content, RoundReport& report) {
  const Result<std::optional<Place>> link = link_target(name);
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

void Autosave::remove_sessions(std::span<const SessionTable::VersionRef> versions, milliseconds patience,
                               Held& held, RoundReport& report) {
  const Result<Lock> store = lock_file(fs_, dir_, Name(k_lock_name), LockKind::shared, patience);
  if (!store && store.error().code == Errc::busy) {
    held.insert(held.end(), versions.begin(), versions.end());
    return;
  }
  if (!store) return fail_all(versions, store.error(), report);
  std::vector<SessionTable::VersionRef> gone;
  std::size_t kept = 0;
  for (const SessionTable::VersionRef& version : versions) {
    const Result<bool> removed = remove_file(name_of(version->id), report);
    if (!removed && removed.error().code == Errc::busy) {
      held.push_back(version);
      continue;
    }
    if (!removed) {
      report.failures.push_back({version->id, removed.error()});
      continue;
    }
    gone.push_back(version);
    if (!*removed) ++kept;
  }
  if (!confirm_removals(gone, report)) return;
  report.removed += gone.size() - kept;
  table_.mark_saved(gone);
}

/// Whether the session's file is gone; false where another program's version stays in its place.
Result<bool> Autosave::remove_file(const Name& name, RoundReport& report) {
  const auto ours = on_disk_.find(name);
  if (ours == on_disk_.end()) return true;
  const Result<std::optional<Place>> link = link_target(name);
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

/// Where the session's file is if it is a symbolic link; nullopt where it stands under its own name.
Result<std::optional<Place>> Autosave::link_target(const Name& name) const {
  const Result<Stat> standing = fs_.stat(dir_, name);
  if (!standing && standing.error().code != Errc::not_found) return Unexpected{standing.error()};
  if (!standing || standing->type != FileType::symlink) return std::optional<Place>();
  Result<Place> place = open_parent_resolved(fs_, join_path(dir_.path(), name));
  if (!place) return Unexpected{std::move(place).error()};
  return std::optional(std::move(*place));
}

/// One flush for all of them, without which a power cut could bring them back after the round was reported
/// done.
bool Autosave::confirm_removals(std::span<const SessionTable::VersionRef> gone, RoundReport& report) {
  if (gone.empty() || options_.durability != Durability::full) return true;
  const Result<void> synced = fs_.sync(dir_);
  if (synced) return true;
  for (const SessionTable::VersionRef& version : gone) {
    const Path path = join_path(dir_.path(), name_of(version->id));
    report.failures.push_back({version->id, unconfirmed(synced.error(), path).error});
  }
  return false;
}

}  // namespace session
