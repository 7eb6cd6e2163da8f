#pragma once
// The table of an autosaving program: sessions in memory, with marks on those whose latest version is not on
// the disk yet. Any number of threads may use it. Contents are shared, never copied, and no call
// does I/O: the lock is held for as long as it takes to touch a few pointers.
//
// What does not belong here: ids that may not be file names, content that is not JSON, the disk
// (autosave.h).

#include <chrono>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "session/bytes.h"

namespace session {

class SessionTable {
 public:
  /// One state of one session; never changes.
  struct Version {
    std::string id;
    SharedBytes content;  ///< nullptr: the session was removed
  };
  using VersionRef = std::shared_ptr<const Version>;

  /// Makes `content` the session's, to be saved.
  void put(std::string id, SharedBytes content);
  /// The same for what stands on the disk already: nothing is to be saved.
  void put_saved(std::string id, SharedBytes content);
  /// put(), but only if the session's content still is `expected` (the very object that get() returned);
  /// says whether it was.
  bool put_if(std::string id, const SharedBytes& expected, SharedBytes content);
  /// Removes the session, which is to be removed from the disk; false if there was none.
  bool remove(std::string_view id);
  /// The session's content; nullptr if there is none.
  [[nodiscard]] SharedBytes get(std::string_view id) const;

  /// What is to be saved: of each session that was unsaved at the beginning, one state. Takes the lock for
  /// reading, again and again for a thousand sessions at a time; the cost grows with the number of unsaved
  /// sessions only.
  struct Snapshot {
    std::vector<VersionRef> unsaved;
    std::chrono::nanoseconds lock_held{0};  ///< the longest time
  };
  [[nodiscard]] Snapshot snapshot() const;
  /// These versions are on the disk. A session that has a newer one stays marked.
  void mark_saved(std::span<const VersionRef> versions);
  /// Nothing is on the disk any more: everything is to be saved.
  void mark_all_unsaved();

  struct Counts {
    std::size_t sessions = 0;
    std::size_t unsaved = 0;
    std::uint64_t bytes = 0;  ///< of the contents
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Entry {
    VersionRef version;
    std::size_t unsaved_at = k_saved;  ///< its place in unsaved_
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Entries = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;
  static constexpr std::size_t k_saved = ~std::size_t{0};
  enum class OnDisk : bool { no, yes };
  void set(std::string id, SharedBytes content, OnDisk on_disk);

  // All of these with the lock held for writing.
  Entry& entry_of(const std::string& id);
  void exchange(Entry& entry, VersionRef& version);
  void mark_unsaved(Entry& entry);
  void unmark(Entry& entry);
  void mark_one_saved(const VersionRef& version, std::vector<Entries::node_type>& gone);

  mutable std::shared_mutex mutex_;
  Entries entries_;              // removed sessions stay until their removal is on the disk
  std::vector<Entry*> unsaved_;  // entries do not move in the map
  std::size_t sessions_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace session
