#pragma once
// One thing to verify and what came of it: what goes through the worker pool.

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "commands/verify/subject.h"
#include "session/inspect.h"
#include "session/ordered_pool.h"

namespace session::commands {

struct VerifyTask {
  std::shared_ptr<const VerifyPlace> place;  ///< nullptr: standard input, or `error`
  Name name;
  /// The path as the user typed it where it is not that of place and name; else empty.
  Path shown;
  std::size_t root = 0;  ///< index of the argument it came from
  Named named = Named::no;
  std::optional<Error> error;  ///< nothing more can be said of it
};

struct VerifyAnswer {
  Path path;
  std::size_t root = 0;
  const Layout* layout = nullptr;
  bool skipped = false;  ///< not a file of ours, gone meanwhile, or nothing to tell
  bool is_file = true;   ///< counts as a verified file (an artifact does not)
  bool standard_input = false;
  Inspection inspection;
};

/// Bounded by the directories that tasks keep open, which must stay far below the usual limit of 1024 open
/// files.
inline constexpr std::size_t k_verify_tasks_under_way = 256;

using VerifyPool = OrderedPool<VerifyTask, VerifyAnswer, Inspector>;

struct VerifyWork {
  Fs& fs;
  const InspectOptions& inspect;
  const Layout* layout = nullptr;  ///< of standard input
  milliseconds temp_grace{0};
};

/// Has those of the next tasks read together for which that is quicker.
void look_ahead(const VerifyWork& work, Inspector& inspector, std::span<const VerifyTask* const> tasks);

/// Judges one task, on any thread.
VerifyAnswer work_on(const VerifyWork& work, Inspector& inspector, VerifyTask task,
                     const Inspector::Share& share);

}  // namespace session::commands
