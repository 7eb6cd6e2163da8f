#pragma once
// Autosave: sessions kept in memory and persisted at intervals, for embedding in a gateway; session-save
// --autosave is a thin shell around it. Threads put, patch and get at memory speed; one thread saves what
// is unsaved. No lock is held during I/O, and a disk that fails costs nothing but time: the session
// stays unsaved and is tried again.
//
// What does not belong here: sockets, signals, logs. What went wrong is returned, or given to the listener.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "session/lock.h"
#include "session/save.h"
#include "session/session_table.h"

namespace session {

/// Held by the one autosaving process of a store.
inline constexpr std::string_view k_autosave_lock_name = ".autosave.lock";

/// In bytes. A file that is larger is no session of a program that keeps its sessions in memory.
inline constexpr std::uint64_t k_largest_session = 1 << 30;

struct AutosaveOptions {
  const Layout* layout = nullptr;  ///< nullptr: not known; must outlive the Autosave
  Format format = Format::json;
  Durability durability = Durability::full;
  /// How long a round waits for what other programs hold, for all of it together, once the rest is saved.
  milliseconds lock_patience{10'000};
  /// Whether a session may be begun although the store holds one of that id in the other format.
  bool takes_twins = false;
};

/// A file that was kept aside or left alone, and why.
struct AsideNote {
  Name name;
  Error reason;
};

struct LoadReport {
  std::size_t loaded = 0;
  std::uint64_t bytes = 0;
  /// Damaged, unreadable or too large (k_largest_session): not in memory, untouched on the disk.
  std::vector<AsideNote> left_alone;
};

struct SaveFailure {
  std::string id;
  Error error;
};

/// What one round of saving did.
struct RoundReport {
  std::size_t saved = 0;
  std::size_t removed = 0;
  std::uint64_t bytes = 0;
  /// Still unsaved; tried again in the next round.
  std::vector<SaveFailure> failures;
  /// A version that is not ours stood in the way (another program's, or a damaged one) and was copied to
  /// `name` (moved there, where it could not be read) before ours was saved; for a removal: it stays.
  std::vector<AsideNote> kept_aside;
  std::chrono::nanoseconds lock_held{0};  ///< the longest time the table was locked for the snapshot
  std::chrono::nanoseconds elapsed{0};
};

class Autosave {
 public:
  /// Makes the store where it is missing (0700), takes its autosave lock (busy: another process has it)
  /// and loads its sessions. One that is a symbolic link is loaded from, saved and removed where it points.
  static Result<std::shared_ptr<Autosave>> open(Fs& fs, const Path& store, const AutosaveOptions& options,
                                                LoadReport& report);

  /// Keeps `content` as the session's; it is saved in the next round. bad_argument, also for a session that
  /// stood in a file of the other format at the start; invalid_content, also for a husk in place of content.
  Result<void> put(std::string_view id, Bytes content);
  /// Applies a merge patch (patch.h) to the session; not_found if there is none, bad_argument where sessions
  /// are JSON Lines. No update of concurrent callers is lost.
  Result<void> patch(std::string_view id, ByteView patch);
  /// Removes the session, also from the disk in the next round, as durably as it was saved; false if there is
  /// none.
  bool remove(std::string_view id);
  /// nullptr if there is none.
  [[nodiscard]] SharedBytes get(std::string_view id) const { return table_.get(id); }
  [[nodiscard]] const SessionTable& table() const { return table_; }
  [[nodiscard]] Format format() const { return options_.format; }

  /// Saves what is unsaved now, one call at a time. For the loop below, and for embedders with one of
  /// their own.
  RoundReport save_unsaved();
  /// From now on no round waits for what other programs hold, nor does the one that is running: at the end
  /// the rest must be saved first. May be called from any thread.
  void hurry() { hurried_ = true; }

 private:
  Autosave(Fs& fs, Path store, AutosaveOptions options)
      : fs_(fs), path_(std::move(store)), options_(options) {}

  Result<void> attach();
  Result<void> load(LoadReport& report);
  void load_if_it_fits(const Dir& dir, const Name& name, LoadReport& report);
  void load_one(const Dir& dir, const Name& name, LoadReport& report);
  void fail_all(std::span<const SessionTable::VersionRef> versions, const Error& error, RoundReport& report);
  using Held = std::vector<SessionTable::VersionRef>;  ///< by other programs
  void save_all(std::span<const SessionTable::VersionRef> versions, milliseconds patience, Held& held,
                RoundReport& report);
  void save_versions(std::span<const SessionTable::VersionRef> versions, milliseconds patience, Held& held,
                     RoundReport& report);
  void take_result(const SessionTable::VersionRef& version, const Name& name, Result<Saved> result,
                   RoundReport& report);
  Result<Saved> save_over_foreign(const Name& name, const SharedBytes& content, RoundReport& report);
  Result<Saved> save_over(const Dir& dir, const Name& name, const SharedBytes& content, RoundReport& report);
  void remove_sessions(std::span<const SessionTable::VersionRef> versions, milliseconds patience, Held& held,
                       RoundReport& report);
  Result<bool> remove_file(const Name& name, RoundReport& report);
  bool confirm_removals(std::span<const SessionTable::VersionRef> gone, RoundReport& report);
  [[nodiscard]] Name name_of(const std::string& id) const;
  [[nodiscard]] bool has_twin(const Name& name) const;

  Fs& fs_;
  Path path_;
  AutosaveOptions options_;
  SessionTable table_;
  std::atomic<bool> hurried_ = false;
  std::unordered_set<Name> twins_;  ///< files of the other format, as they were found at the start

  std::mutex round_;  ///< one round at a time; guards what follows
  Dir dir_;
  std::optional<Lock> lock_;
  /// Which version of each file is ours: what stands there instead is never overwritten.
  std::unordered_map<Name, FileId> on_disk_;
};

/// Runs rounds in a thread of its own, at fixed intervals of the steady clock.
class AutosaveLoop {
 public:
  /// Called on the loop's thread after each round that had something to do or was asked for.
  using Listener = std::function<void(const RoundReport&)>;

  AutosaveLoop(std::shared_ptr<Autosave> autosave, milliseconds interval, Listener listener);
  AutosaveLoop(const AutosaveLoop&) = delete;
  AutosaveLoop& operator=(const AutosaveLoop&) = delete;
  /// Stops with a bound of 10 s, if stop() has not been called.
  ~AutosaveLoop();

  /// Starts a round at once, or right after the one that is running; `done` is called on the loop's
  /// thread with the report of a round that began after this call.
  void flush(Listener done);
  /// Ends the loop: the round that is running completes, then everything unsaved is saved, with
  /// failures tried again until `bound` is over. Returns the ids of what is not on the disk then;
  /// empty after a clean end. A round that still hangs in the system is left to itself.
  std::vector<std::string> stop(milliseconds bound);

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  ///< shared with the thread, which may outlive this object
  std::thread thread_;
};

}  // namespace session
