#pragma once
// Repairing one file: read, plan, and, unless only the plan is wanted, the steps: a copy of the original, the
// repaired bytes in its place, the dropped bytes beside it. Stopped at any point there is the original or the
// result, and the copy.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "commands/verify/task.h"
#include "session/atomic_write.h"
#include "session/lock.h"
#include "session/names.h"
#include "session/repair.h"

namespace session::commands {

enum class Doing : std::uint8_t { planning, repairing };

struct RepairRequest {
  RepairOptions plan;
  Doing doing = Doing::repairing;
  Durability durability = Durability::full;
  milliseconds lock_timeout{0};
  bool reset = false;              ///< an empty session in the place of one that was quarantined
  bool keep_bytes = false;         ///< for --diff: the original is handed out with the answer
  const Layout* layout = nullptr;  ///< --layout: for every file named, whatever its name
  std::vector<Path> given;         ///< --from
};

struct RepairAnswer {
  Path path;
  std::optional<Error> error;  ///< the file could not be repaired, or not even read
  std::string hint;
  const Layout* layout = nullptr;
  RepairPlan plan;
  bool skipped = false;  ///< not a file of ours
  std::uint64_t bytes = 0;
  Bytes original;  ///< with keep_bytes, and only where there is something to show
  bool replaced = false;
  Name copy;         ///< of the original, beside it
  Name sidecar;      ///< with the bytes that were dropped
  Name quarantined;  ///< where the original went
  bool reset = false;
  bool source_removed = false;        ///< the temporary that was promoted
  std::optional<Artifact> set_aside;  ///< a file that an earlier repair made: never repaired itself
};

/// Repairs files one after the other; keeps what it knows of the directory of the last one.
class FileRepairer {
 public:
  FileRepairer(Fs& fs, const RepairRequest& request) : fs_(fs), request_(request) {}
  RepairAnswer repair(const VerifyTask& task);

 private:
  struct Work;
  /// What lies around the sessions of a directory, by the name of the session.
  struct Neighbours {
    const Dir* dir = nullptr;
    std::multimap<Name, Artifact> artifacts;
    std::multimap<Name, Name> names;
    std::optional<Lock> lock;
  };

  Result<void> look_around(const VerifyPlace& place);
  Result<void> lock_store(const VerifyPlace& place);
  Result<void> refuse_live_writer(const VerifyPlace& place, const Name& name, const File& file);
  void collect_candidates(const VerifyPlace& place, const Name& name);
  void apply(const VerifyPlace& place, const Name& name, const FileId& judged, ByteView original,
             RepairAnswer& answer);
  Result<Name> copy_original(const Dir& dir, const Name& name, const FileId& judged, ByteView original);
  void remove_source(const Dir& dir, RepairAnswer& answer);
  Result<Name> quarantine(const Dir& dir, const Name& name, const FileId& judged);
  Result<Name> write_beside(const Dir& dir, const Name& name, ArtifactKind kind, Bytes bytes);
  std::optional<Error> put_empty_session(const VerifyPlace& place, const Name& name,
                                         const RepairAnswer& answer);

  Fs& fs_;
  const RepairRequest& request_;
  Neighbours neighbours_;
  std::vector<std::pair<Candidate, Bytes>> candidates_;
};

}  // namespace session::commands
