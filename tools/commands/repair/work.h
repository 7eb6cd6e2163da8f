#pragma once
// The file that a thread is repairing: what is held of it from the first look to the last step.

#include <future>
#include <mutex>
#include <optional>

#include "commands/verify/task.h"
#include "session/execute.h"
#include "session/repair.h"

namespace session::commands {

/// Larger files are worked on one at a time, each by several threads.
inline constexpr std::uint64_t k_read_beside_others = 1U << 20;
/// No larger one is read.
inline constexpr std::uint64_t k_largest = 8ULL << 30;

struct RepairWork {
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

}  // namespace session::commands
