#pragma once
// What was found in many files, in numbers: the totals of a run, or of a store.

#include <array>
#include <cstdint>
#include <set>
#include <string_view>

#include "cli/report.h"
#include "commands/verify/task.h"

namespace session::commands {

/// "ok", "warn", "beyond-limits", "damaged".
std::string_view name_of(Verdict verdict);

struct Tally {
  std::uint64_t files = 0;  ///< the unreadable ones too
  std::uint64_t bytes = 0, records = 0, unreadable = 0, artifacts = 0;
  std::array<std::uint64_t, 4> verdicts{};  ///< by Verdict
  std::array<std::uint64_t, k_kind_count> kinds{};
  std::uint64_t repairable = 0;     ///< damaged files that session-repair does something about
  std::uint64_t beyond_repair = 0;  ///< damaged in their values only
  /// Options of session-repair that are for damage in those.
  std::set<std::string_view> fix_options;

  void add(const VerifyAnswer& answer);
  /// A damaged file by what can be done about it.
  void add_damaged(const Diagnosis& diagnosis);
  [[nodiscard]] std::uint64_t count_of(Verdict verdict) const {
    return verdicts[static_cast<std::size_t>(verdict)];
  }
  [[nodiscard]] std::uint64_t count_of(Kind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
  /// `files`, `bytes`, `records`, each verdict, `unreadable`, `artifacts`, `findings`.
  void write_to(cli::Json& record) const;
};

}  // namespace session::commands
