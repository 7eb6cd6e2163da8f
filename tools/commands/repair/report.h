#pragma once
// What session-repair says of each file: what it did, or would do, what was lost, and what remains.

#include <string>
#include <vector>

#include "cli/report.h"
#include "commands/repair/request.h"

namespace session::commands {

class RepairReport {
 public:
  struct Options {
    bool verbose = false;
    bool shows_edits = false;
    bool records_wanted = true;  ///< false: the format shows text only, no record need be made
  };
  RepairReport(cli::Reporter& report, Doing doing, Options options)
      : report_(report), doing_(doing), options_(options) {}

  void add(const RepairAnswer& answer);
  void finish();
  [[nodiscard]] cli::ExitStatus status() const { return status_; }
  [[nodiscard]] std::uint64_t files() const { return files_; }

 private:
  [[nodiscard]] std::string promotion_lines(const RepairAnswer& answer) const;
  [[nodiscard]] std::string repaired_lines(const RepairAnswer& answer) const;
  [[nodiscard]] std::string lines_of(const RepairAnswer& answer) const;
  [[nodiscard]] cli::ExitStatus status_of(const RepairAnswer& answer) const;

  cli::Reporter& report_;
  Doing doing_;
  Options options_;
  cli::ExitStatus status_ = cli::k_exit_fine;
  bool last_remains_ = false;  ///< of the file of the answer before
  std::uint64_t files_ = 0, healthy_ = 0, repaired_ = 0, quarantined_ = 0, remaining_ = 0, failed_ = 0;
  std::uint64_t would_repair_ = 0, would_quarantine_ = 0;  ///< of those that remain, while planning
};

/// The machine-readable outcome: "healthy", "repaired", "would-repair", "over-budget", "quarantined", …
std::string_view outcome_of(const RepairAnswer& answer, Doing doing);
/// What was lost, in words: "nothing lost", "lost 1 record, at least 3 values, 512 bytes".
std::string loss_text(const RepairPlan& plan);
/// Why a file in which something is wrong was left as it is (RepairStatus::beyond_text).
std::string reason_to_leave(const RepairPlan& plan);

}  // namespace session::commands
