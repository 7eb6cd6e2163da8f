// A round: what is unsaved is saved or removed, what others hold once more, and its marks are taken away.

#include <algorithm>
#include <utility>

#include "session/autosave.h"
#include "store/link_place.h"
#include "sys/staged_file.h"

namespace session {
namespace {

using Clock = std::chrono::steady_clock;

/// So many sessions are saved before their marks are taken away.
constexpr std::size_t k_sessions_at_once = 4'096;
/// So often a round that waits for what others hold looks whether it is to go on waiting.
constexpr milliseconds k_wait_at_once{50};

}  // namespace

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
      const Result<std::optional<Place>> link = place_of_link(fs_, dir_, name);
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
