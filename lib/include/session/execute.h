#pragma once
// Execution of Steps: the one place that replaces, moves or removes. One step at a time, each
// crash-safe and idempotent by itself; the order of steps is the planner's business.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "session/step.h"

namespace session {

/// What an append found at the end of the file and did about it.
enum class Healing : std::uint8_t {
  none,
  newline_added,
  tail_moved,
  left_damaged,  ///< there is a damaged line that session-repair can keep records of: it stays before the new
                 ///< one
};

struct Outcome {
  std::uint64_t bytes_written = 0;
  std::uint64_t bytes_freed = 0;
  FileId id = {};  ///< of the file the step left under its final name, where there is one
  Healing healing = Healing::none;
  Name sidecar = {};  ///< holds the tail that was moved
};

/// Executes `step` in `dir`.
///
/// RemoveStep and MoveStep claim the file first: it is renamed to a claim name, its identity is compared
/// with `judged`, and only then is it unlinked or moved on; if it differs it is put back without
/// replacing what may stand there by then, and the answer is Errc::changed. A process that dies
/// in between leaves a claim, which recover_claims() resolves. A file that cannot be put back, because a
/// newer one stands there, is kept under its claim name, which the error's detail gives.
Result<Outcome> execute(Fs& fs, const Dir& dir, const Step& step);

class StagedFile;

/// A copy or a new version that is written before it is known whether it is wanted: until finish() its bytes
/// stand under the name of a temporary, durable as asked, and with this object they are gone.
class StepAhead {
 public:
  /// Fails as execute() of the step does. `dir` must outlive the result.
  static Result<StepAhead> begin(Fs& fs, const Dir& dir, const CopyStep& step);
  /// The same of a ReplaceStep.
  static Result<StepAhead> begin(Fs& fs, const Dir& dir, const Name& name, ByteView content,
                                 const WriteOptions& options);
  StepAhead(StepAhead&&) noexcept;
  StepAhead& operator=(StepAhead&&) = delete;
  ~StepAhead();

  /// What execute() of the step does at its end, with its errors. Once.
  Result<Outcome> finish();
  [[nodiscard]] const Name& name() const { return name_; }

 private:
  static Result<StepAhead> close(Fs& fs, const Dir& dir, Name name, Durability durability, Outcome outcome,
                                 Result<StagedFile> staged);
  StepAhead(Fs& fs, const Dir& dir, Name name, Durability durability, Outcome outcome, StagedFile staged);

  Fs& fs_;
  const Dir& dir_;
  Name name_;
  Durability durability_;
  Outcome outcome_;                     ///< as far as it is known
  std::unique_ptr<StagedFile> staged_;  ///< until finish()
};

/// How a group of files is made durable.
enum class GroupFlush : std::uint8_t {
  automatic,          ///< by how many files there are and how much unwritten data the machine holds
  each_file,          ///< one flush a file, many at a time: waits for our own data only
  whole_file_system,  ///< one flush of everything (syncfs), other programs' unwritten data included
};

struct GroupOptions {
  GroupFlush flush = GroupFlush::automatic;
  unsigned flush_threads = 32;  ///< with each_file; they wait for the disk, not for a processor
  /// More steps than this are committed in several groups, one after the other.
  std::size_t most_open_files = 512;
};

/// Executes many replacements in one directory by group commit: all temporaries are written, made durable
/// together, renamed, and the directory is flushed once. Every step has an outcome of its own, in order, and
/// each by itself gives what execute() gives: an outcome without error with Durability::full survives a
/// power cut, and the failure of one step leaves the others alone. Of several steps with one name the last
/// stands at the end.
std::vector<Result<Outcome>> execute_group(Fs& fs, const Dir& dir, std::span<const ReplaceStep> steps,
                                           const GroupOptions& options);

/// Finishes what an earlier process left between claim and removal: every claim in `dir` whose
/// process is dead is put back under its own name if that is free, else kept and reported by
/// name. A claim with the pid of this process counts as left by an earlier one (in a container every run may
/// have pid 1): call it with the store locked, before executing steps of your own.
struct ClaimRecovery {
  std::vector<Name> put_back;
  std::vector<Name> kept;  ///< the claim's name; its place is taken by a newer file
};
Result<ClaimRecovery> recover_claims(Fs& fs, const Dir& dir);

}  // namespace session
