#pragma once
// What makes a plan acceptable: both judges, the owner as far as its layout tells, and the loss allowed.

#include "session/repair.h"

namespace session::repair {

CheckOptions check_options(const RepairOptions& options, std::optional<Format> format);

/// Whether both judges accept the text: the scanner that diagnoses, and the parser that shares no code with
/// it. A first record that is no header is not the text's mistake.
bool is_whole(ByteView bytes, Format format, const Diagnosis& diagnosis);

/// The diagnosis of `bytes`, and whether both judges accept them, each in a thread of its own where that
/// pays.
struct Acceptance {
  Diagnosis diagnosis;
  bool is_whole = false;
};
Acceptance judge_by_both(ByteView bytes, Format format, const CheckOptions& options);

/// Whether the owner would refuse what is left of it, as far as its layout tells.
bool is_refused(const RepairPlan& plan, Format format);

/// Where `plan`, for a file of `size` bytes, loses more than `budget` allows, it becomes one over budget.
void keep_within_budget(RepairPlan& plan, LossBudget budget, std::uint64_t size);

}  // namespace session::repair
