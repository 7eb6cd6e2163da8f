#pragma once
// What makes a plan acceptable: both judges, the owner as far as its layout tells, and the loss allowed.

#include "session/repair.h"

namespace session::repair {

CheckOptions check_options(const RepairOptions& options, std::optional<Format> format);

/// Whether both judges accept the text: the scanner that diagnoses, and the parser that shares no code with
/// it. A first record that is no header is not the text's mistake.
bool is_whole(ByteView bytes, Format format, const Diagnosis& diagnosis);

/// Whether both judges accept `plan.content`, each in a thread of its own where that pays. Sets `after`, and
/// the status to what becomes of it then: `repaired`, `unloadable` where the owner would refuse it as far as
/// its layout tells, or `over_budget` of a file of `size` bytes. Calls `options.meanwhile`.
bool judge_by_both(RepairPlan& plan, Format format, const RepairOptions& options, std::uint64_t size);

/// Where `plan`, for a file of `size` bytes, loses more than `budget` allows, it becomes one over budget.
void keep_within_budget(RepairPlan& plan, LossBudget budget, std::uint64_t size);

}  // namespace session::repair
