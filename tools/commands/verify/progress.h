#pragma once
// Progress of a long run, for somebody who waits at a terminal: files, bytes, rate, time left.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "session/fs.h"

namespace session::commands {

class VerifyProgress {
 public:
  VerifyProgress() = default;
  VerifyProgress(const VerifyProgress&) = delete;
  VerifyProgress& operator=(const VerifyProgress&) = delete;
  ~VerifyProgress();

  /// Finds out beside the work how much there is to do below `roots`; until it knows, no time left is told.
  void count_below(Fs& fs, std::vector<Path> roots);
  void add_bytes(std::uint64_t bytes) { bytes_.fetch_add(bytes, std::memory_order_relaxed); }
  void add_file() { files_.fetch_add(1, std::memory_order_relaxed); }
  /// "1200 of 5000 files, 1.2 GiB of 3.4 GiB, 800.0 MiB/s, 3 s left".
  [[nodiscard]] std::string line() const;

 private:
  using Clock = std::chrono::steady_clock;
  void count(Fs& fs, const std::vector<Path>& roots);

  Clock::time_point begun_ = Clock::now();
  std::atomic<std::uint64_t> bytes_ = 0, files_ = 0;
  std::atomic<std::uint64_t> total_bytes_ = 0, total_files_ = 0;
  std::atomic<bool> counted_ = false, stop_ = false;
  std::thread counter_;
};

}  // namespace session::commands
