#pragma once
// Repairing one file: read, plan, and, unless only the plan is wanted, the steps: a copy of the original, the
// repaired bytes in its place, the dropped bytes beside it. Stopped at any point there is the original or the
// result, and the copy.

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
  std::mutex large_file;  ///< held by the thread that has one in memory: never several of them at a time
  /// Held for the steps of a file: with several threads at work in a directory the time between the last look
  /// at a file and its replacement would be longer, and with it the chance of a writer in between.
  std::mutex steps;
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
        large_file_(surroundings.large_file),
        steps_(surroundings.steps, std::defer_lock) {}

  /// What came of the file: one answer, and a second where its text was repaired and the fixes that were
  /// asked for then found something to do.
  std::vector<RepairAnswer> repair(const VerifyTask& task);
  /// No file follows for now: others may go on with theirs.
  void rest() {
    if (steps_.owns_lock()) steps_.unlock();
  }

 private:
  /// The file that is at work.
  struct Work {
    const VerifyPlace& place;
    const Name& name;
    RepairOptions options;
    File file;
    FileId judged;
    Bytes original;
    std::optional<Diagnosis> known = {};  ///< of `original`
  };

  std::vector<RepairAnswer> repair_artifact(const VerifyTask& task, const Artifact& artifact,
                                            RepairAnswer answer);
  std::vector<RepairAnswer> repair_file(const VerifyTask& task, RepairAnswer answer);
  std::vector<RepairAnswer> put_back_claimed(const VerifyTask& task);
  Result<bool> is_known_whole(const VerifyPlace& place, const Name& name, const OpenedFile& opened,
                              const Subject& subject, RepairAnswer& answer, std::optional<Diagnosis>& known);
  Result<void> plan(Work& work, RepairAnswer& answer);
  std::vector<RepairAnswer> fix_further(Work& work, RepairAnswer first);
  void carry_out(Work& work, RepairAnswer& answer);
  void set_aside(const Work& work, RepairAnswer& answer);
  void replace(const Work& work, RepairAnswer& answer);
  bool put_in_place(const Work& work, RepairAnswer& answer);
  void keep_lost(const Work& work, RepairAnswer& answer);
  void remove_source(const Dir& dir, ByteView content, RepairAnswer& answer);
  std::optional<Error> put_empty_session(const Work& work, const RepairAnswer& answer);

  Fs& fs_;
  const RepairRequest& request_;
  Neighbours& neighbours_;
  Keeper keeper_;
  LiveWriters& live_writers_;
  std::mutex& large_file_;
  /// Kept from one small file to the next: to pass it on takes longer than to repair one.
  std::unique_lock<std::mutex> steps_;
};

}  // namespace session::commands
