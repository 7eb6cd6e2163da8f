#pragma once
// Repairing one file: read, plan, and, unless only the plan is wanted, the steps: a copy of the original, the
// repaired bytes in its place, the dropped bytes beside it. Stopped at any point there is the original or the
// result, and the copy.

#include <future>
#include <mutex>
#include <vector>

#include "commands/repair/keep.h"
#include "commands/repair/live_writer.h"
#include "commands/repair/neighbours.h"

namespace session::commands {

/// What all threads of a run know together.
struct Surroundings {
  Surroundings(Fs& fs, const RepairRequest& request) : neighbours(fs, request), live_writers(fs) {}
  Neighbours neighbours;
  LiveWriters live_writers;
  /// Held by the thread that has a large file in memory, or one with several names, each of which would find
  /// it locked by the thread at work on another.
  std::mutex one_at_a_time;
};

/// Repairs files one after the other.
class FileRepairer {
 public:
  FileRepairer(Fs& fs, const RepairRequest& request, Surroundings& surroundings)
      : fs_(fs),
        request_(request),
        neighbours_(surroundings.neighbours),
        keeper_(fs, request.durability),
        live_writers_(surroundings.live_writers),
        one_at_a_time_(surroundings.one_at_a_time) {}

  /// What came of the file: one answer, and a second where its text was repaired and the fixes that were
  /// asked for then found something to do.
  std::vector<RepairAnswer> repair(const VerifyTask& task);

 private:
  /// The file that is at work.
  struct Work {
    const VerifyPlace& place;
    const Name& name;
    RepairOptions options;
    std::unique_lock<std::mutex> turn;  ///< of Surroundings::one_at_a_time, where it is needed
    File file;
    FileId judged;
    Bytes original;
    std::optional<Diagnosis> known = {};             ///< of `original`
    std::future<Result<StepAhead>> copy_ahead = {};  ///< where it was begun
    std::optional<StepAhead> result_ahead = {};      ///< the same of what the plan came to
  };

  std::vector<RepairAnswer> repair_artifact(const VerifyTask& task, const Artifact& artifact,
                                            RepairAnswer answer);
  std::vector<RepairAnswer> repair_file(const VerifyTask& task, RepairAnswer answer);
  std::vector<RepairAnswer> put_back_claimed(const VerifyTask& task);
  Result<bool> is_known_whole(const VerifyPlace& place, const Name& name, const OpenedFile& opened,
                              const Subject& subject, RepairAnswer& answer, std::optional<Diagnosis>& known);
  void copy_ahead(Work& work);
  void write_ahead(Work& work, ByteView result);
  [[nodiscard]] WriteOptions replacing(const Work& work) const;
  Result<void> plan(Work& work, RepairAnswer& answer);
  std::vector<RepairAnswer> fix_further(Work& work, RepairAnswer first);
  Result<void> refuse_writer(Work& work);
  void carry_out(Work& work, RepairAnswer& answer);
  void set_aside(const Work& work, RepairAnswer& answer);
  void replace(Work& work, RepairAnswer& answer);
  Result<Name> keep_copy(Work& work);
  bool put_in_place(Work& work, RepairAnswer& answer);
  void keep_lost(Work& work, RepairAnswer& answer);
  void keep_late(const Work& work, RepairAnswer& answer);
  void remove_source(const Dir& dir, ByteView content, RepairAnswer& answer);
  std::optional<Error> put_empty_session(const Work& work, const RepairAnswer& answer);

  Fs& fs_;
  const RepairRequest& request_;
  Neighbours& neighbours_;
  Keeper keeper_;
  LiveWriters& live_writers_;
  std::mutex& one_at_a_time_;
};

}  // namespace session::commands
