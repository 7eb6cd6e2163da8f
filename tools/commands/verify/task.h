#pragma once
// One thing to verify and what came of it: what goes through the worker pool.

#include <memory>
#include <optional>
#include <span>

#include "commands/verify/subject.h"
#include "session/inspect.h"
#include "session/ordered_pool.h"
#include "session/path.h"

namespace session::commands {

/// What is verified, and how the user would call it.
struct VerifySource {
  std::shared_ptr<const VerifyPlace> place;  ///< nullptr: standard input, or nothing that can be opened
  Name name;
  /// The path as the user typed it where it is not that of place and name; else empty.
  Path shown;
  std::size_t root = 0;  ///< index of the argument it came from

  /// Made up only when it is asked for: most files have nothing to tell.
  [[nodiscard]] Path path() const {
    return shown.empty() && place != nullptr ? join_path(place->dir->path(), name) : shown;
  }
};

struct VerifyTask : VerifySource {
  Named named = Named::no;
  std::optional<Error> error;  ///< nothing more can be said of it
};

struct VerifyAnswer {
  /// That of the task: places are let go of where they are shared, by the thread that submits and takes.
  VerifySource source;
  const Layout* layout = nullptr;
  bool skipped = false;  ///< not a file of ours, gone meanwhile, or nothing to tell
  bool is_file = true;   ///< counts as a verified file (an artifact does not)
  bool standard_input = false;
  Inspection inspection;
};

/// Plenty, so that whoever fills the pool seldom has to wake for it.
inline constexpr std::size_t k_verify_tasks_under_way = 512;
/// How much goes on at once.
struct VerifyRoom {
  std::size_t threads = 1;
  std::size_t places = 1;  ///< the directories that tasks keep open
};
/// At most `threads`, and no more of anything than a process can that may have `descriptors` files open.
VerifyRoom verify_room(std::size_t threads, std::size_t descriptors);

using VerifyPool = OrderedPool<VerifyTask, VerifyAnswer, Inspector>;

/// Puts tasks into `pool`, which must outlive it; waits where they would keep too many directories open.
class VerifySubmit {
 public:
  VerifySubmit(VerifyPool& pool, const VerifyRoom& room) : pool_(&pool), most_places_(room.places) {}
  void operator()(VerifyTask task);

 private:
  VerifyPool* pool_;
  std::size_t most_places_;
  const VerifyPlace* place_ = nullptr;  ///< of the last task
  std::size_t places_ = 0;              ///< since the pool was empty
};

struct VerifyWork {
  Fs& fs;
  const InspectOptions& inspect;
  const Layout* layout = nullptr;  ///< of standard input
  milliseconds temp_grace{0};
};

/// Has those of the next tasks read together for which that is quicker.
void look_ahead(const VerifyWork& work, Inspector& inspector, std::span<const VerifyTask* const> tasks);

/// Judges one task, on any thread.
VerifyAnswer work_on(const VerifyWork& work, Inspector& inspector, VerifyTask&& task,
                     const Inspector::Share& share);

}  // namespace session::commands
