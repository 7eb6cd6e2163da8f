#pragma once
// What lies around the sessions of a directory: temporaries, backups and other copies, by the session they
// belong to. Listed once for all damaged files of a directory, under the lock of the store where it is
// repaired. Threads may share it while all of them work in one directory.

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "commands/repair/request.h"
#include "commands/verify/task.h"
#include "session/lock.h"
#include "session/names.h"

namespace session::commands {

/// Another version of a session, read.
struct ReadCandidate {
  Candidate candidate;  ///< without bytes
  Bytes bytes;
};

class Neighbours {
 public:
  Neighbours(Fs& fs, const RepairRequest& request) : fs_(fs), request_(request) {}

  /// Lists the directory of `place`, and locks the store. Where that was the last one looked at the answer is
  /// what it was then: a store that is locked is not waited for once for each of its files. What is asked
  /// below is asked after it, on the same thread.
  Result<void> look_around(const VerifyPlace& place);
  /// The directory has changed: the next look lists it again. Not while other threads work in it.
  void forget() { dir_ = nullptr; }
  /// Temporaries of writers that are gone, and backups, of the session `name`; then what the user named.
  [[nodiscard]] std::vector<ReadCandidate> candidates(const VerifyPlace& place, const Name& name) const;
  /// How many bytes candidates() reads.
  [[nodiscard]] std::uint64_t candidate_bytes(const VerifyPlace& place, const Name& name) const;
  /// Those of `candidates` that are temporaries.
  [[nodiscard]] std::vector<ReadCandidate> temporaries(const VerifyPlace& place, const Name& name) const;
  /// The copies that earlier repairs made of the session `name`.
  [[nodiscard]] std::vector<Name> copies(const Name& name) const;

 private:
  Result<void> lock_and_list(const VerifyPlace& place);
  Result<void> lock_store(const VerifyPlace& place);
  [[nodiscard]] std::vector<std::pair<Name, Artifact>> of(const Name& primary) const;

  Fs& fs_;
  const RepairRequest& request_;
  std::mutex mutex_;                                          ///< guards the looking around
  std::shared_ptr<const Dir> dir_;                            ///< that was looked at last
  std::optional<Error> failure_;                              ///< and could not be
  std::multimap<Name, std::pair<Name, Artifact>> artifacts_;  ///< by the name of the session
  std::optional<Lock> lock_;
};

/// `candidates` as the planner takes them: views, valid as long as these.
std::vector<Candidate> views_of(const std::vector<ReadCandidate>& candidates);

}  // namespace session::commands
