#pragma once
// What lies around the sessions of a directory: temporaries, backups and other copies, by the session they
// belong to. Listed once for all damaged files of a directory, under the lock of the store where it is
// repaired. Threads may share it while all of them work in one directory.

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "commands/repair/request.h"
#include "commands/verify/task.h"
#include "session/lock.h"
#include "session/names.h"
#include "session/repair.h"

namespace session::commands {

class Neighbours {
 public:
  Neighbours(Fs& fs, const RepairRequest& request) : fs_(fs), request_(request) {}

  /// Lists the directory of `place`, and locks the store. Where that was the last one looked at the answer is
  /// what it was then: a store that is locked is not waited for once for each of its files. What is asked
  /// below is asked after it, on the same thread.
  Result<void> look_around(const VerifyPlace& place);
  /// The directory has changed: the next look lists it again. Not while other threads work in it.
  void forget() { dir_ = nullptr; }
  /// Temporaries of writers that are gone, and backups, of the session `name`; then what the user named. Each
  /// is read when it is asked for its bytes, as long as `place` is there.
  [[nodiscard]] std::vector<Candidate> candidates(const VerifyPlace& place, const Name& name) const;
  /// The largest of `candidates`, in bytes.
  [[nodiscard]] std::uint64_t largest_candidate(const VerifyPlace& place, const Name& name) const;
  /// Those of `candidates` that are temporaries.
  [[nodiscard]] std::vector<Candidate> temporaries(const VerifyPlace& place, const Name& name) const;
  /// The copies that earlier repairs made of the session `name`.
  [[nodiscard]] std::vector<Name> copies(const Name& name) const;
  /// Temporaries of such copies whose makers are dead.
  [[nodiscard]] std::vector<Name> unfinished_copies(const Name& name) const;

 private:
  Result<void> lock_and_list(const VerifyPlace& place);
  Result<void> lock_store(const VerifyPlace& place);
  [[nodiscard]] std::set<Name> names_of(const Name& primary) const;
  [[nodiscard]] std::vector<Candidate> versions_beside(const VerifyPlace& place, const Name& name) const;
  [[nodiscard]] std::vector<std::pair<Name, Artifact>> of(const Name& primary) const;

  Fs& fs_;
  const RepairRequest& request_;
  std::mutex mutex_;                                          ///< guards the looking around
  std::shared_ptr<const Dir> dir_;                            ///< that was looked at last
  std::optional<Error> failure_;                              ///< and could not be
  std::multimap<Name, std::pair<Name, Artifact>> artifacts_;  ///< by the name of the session
  std::optional<Lock> lock_;
};

}  // namespace session::commands
