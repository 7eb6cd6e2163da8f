#pragma once
// Repairs on several threads, in the order and with the outcome of one, as long as disk and descriptors last:
// one directory at a time, and what changes whose file a name is (temporaries that become sessions, claims
// that are put back) with nothing else under way.

#include <functional>
#include <set>
#include <vector>

#include "commands/repair/file.h"
#include "session/ordered_pool.h"

namespace session::commands {

/// At most `threads`, and no more than find room in a process that may have `descriptors` files open.
std::size_t repair_threads(std::size_t threads, std::size_t descriptors);

class RepairPool {
 public:
  /// On the owner's thread, in the order of the tasks.
  using Take = std::function<void(Named, const std::vector<RepairAnswer>&)>;

  /// `stopped` is asked before each file: what had not been begun is left out.
  RepairPool(Fs& fs, const RepairRequest& request, std::size_t threads, Take take,
             std::function<bool()> stopped);

  void submit(VerifyTask task);
  /// Works off and takes everything submitted.
  void finish();

 private:
  struct Answers {
    Named named = Named::no;
    std::vector<RepairAnswer> all;
    std::optional<VerifyTask> again;  ///< there was no room for it beside the others
  };
  using Pool = OrderedPool<VerifyTask, Answers, FileRepairer>;
  Pool::Hooks hooks(Fs& fs, const RepairRequest& request);

  Surroundings surroundings_;
  Fs& fs_;
  const RepairRequest& request_;
  Take take_;
  std::function<bool()> stopped_;
  std::shared_ptr<const VerifyPlace> place_;  ///< of the task before
  std::set<Name> under_way_;                  ///< or done, there: the user may name a file twice
  std::vector<Answers> crowded_out_;          ///< to be tried again, each by itself
  bool is_crowd_;                             ///< several threads work
  Pool pool_;
};

}  // namespace session::commands
