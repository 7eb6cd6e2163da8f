#pragma once
// Repairing one file: read, plan, and, unless only the plan is wanted, the steps (steps.h).

#include <vector>

#include "commands/repair/steps.h"

namespace session::commands {

/// Repairs files one after the other.
class FileRepairer {
 public:
  FileRepairer(Fs& fs, const RepairRequest& request, Surroundings& surroundings)
      : fs_(fs), request_(request), surroundings_(surroundings), steps_(fs, request, surroundings) {}

  /// What came of the file: one answer, and a second where its text was repaired and the fixes that were
  /// asked for then found something to do.
  std::vector<RepairAnswer> repair(const VerifyTask& task);

 private:
  std::vector<RepairAnswer> repair_artifact(const VerifyTask& task, const Artifact& artifact,
                                            RepairAnswer answer);
  std::vector<RepairAnswer> put_back_claimed(const VerifyTask& task);
  std::vector<RepairAnswer> repair_file(const VerifyTask& task, RepairAnswer answer);
  [[nodiscard]] std::optional<Subject> subject_for(const VerifyTask& task) const;
  Result<std::optional<RepairWork>> take_up(const VerifyTask& task, const Subject& subject, OpenedFile opened,
                                            RepairAnswer& answer);
  std::vector<RepairAnswer> repair_text(RepairWork& work, Named named, RepairAnswer answer);
  Result<void> plan(RepairWork& work, RepairAnswer& answer);
  std::vector<RepairAnswer> fix_further(RepairWork& work, RepairAnswer first);

  Fs& fs_;
  const RepairRequest& request_;
  Surroundings& surroundings_;
  RepairSteps steps_;
};

}  // namespace session::commands
