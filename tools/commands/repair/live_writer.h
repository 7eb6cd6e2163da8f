#pragma once
// Live writers: a file that somebody has open, holds locked, or says to be writing is not repaired under his
// hands. What he wrote next would go to the file that was replaced, and be gone with it.

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

#include "commands/verify/task.h"

namespace session::commands {

class LiveWriters {
 public:
  explicit LiveWriters(Fs& fs) : fs_(fs) {}

  /// Errc::busy if `name`, open as `file`, which is `id`, has a writer, as far as this process may see.
  /// On any thread.
  Result<void> refuse(const VerifyPlace& place, const Name& name, const File& file, const FileId& id);

 private:
  /// The process that has the file open for writing.
  [[nodiscard]] std::optional<long> writer_of(const FileId& id);

  Fs& fs_;
  std::mutex mutex_;  ///< guards what follows
  /// All files that are open for writing somewhere, looked up for many files at once.
  std::map<std::pair<std::uint64_t, std::uint64_t>, long> writers_;
  std::chrono::steady_clock::time_point looked_{};
};

}  // namespace session::commands
