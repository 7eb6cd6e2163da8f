#pragma once
// What session-repair is asked for, and what it answers for one file.

#include <optional>
#include <string>
#include <vector>

#include "session/atomic_write.h"
#include "session/names.h"
#include "session/repair.h"

namespace session::commands {

enum class Doing : std::uint8_t { planning, repairing };

struct RepairRequest {
  RepairOptions plan;
  Doing doing = Doing::repairing;
  Durability durability = Durability::full;
  milliseconds lock_timeout{0};
  milliseconds temp_grace{0};      ///< how old a temporary must be that does not say whose it is
  bool reset = false;              ///< an empty session in the place of one that was quarantined
  bool keep_bytes = false;         ///< for --diff: the original is handed out with the answer
  const Layout* layout = nullptr;  ///< --layout: for every file named, whatever its name
  std::vector<Path> given;         ///< --from
};

struct RepairAnswer {
  Path path;
  std::optional<Error> error;  ///< the file could not be repaired, or not even read
  std::string hint;            ///< how to go on after `error`
  const Layout* layout = nullptr;
  RepairPlan plan;
  bool skipped = false;    ///< not a file of ours
  bool continues = false;  ///< a further repair of the file of the answer before
  std::uint64_t bytes = 0;
  std::uint64_t bytes_after = 0;  ///< of the result, where there is one
  Bytes original;                 ///< with keep_bytes, and only where there is something to show
  bool replaced = false;
  FileId result;  ///< what stands there now, if it was replaced
  Name copy;      ///< of the original, beside it
  /// Copies that runs which died over them had left unfinished, and that are gone.
  std::vector<Name> removed;
  Name sidecar;      ///< with the bytes that were dropped
  Name quarantined;  ///< where the original went
  bool reset = false;
  bool source_removed = false;        ///< the temporary that was promoted
  std::optional<Artifact> set_aside;  ///< a file that an earlier repair made: never repaired itself
  /// A temporary whose session is gone: the name it gets; with `replaced`, has got.
  Name promoted_to;
};

}  // namespace session::commands
