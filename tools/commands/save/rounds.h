#pragma once
// What the rounds of the autosave loop tell: to the log, to the counters, to the clients that wait for a
// flush. Written by the loop's thread, read by the server's.

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "commands/save/protocol.h"

namespace session::commands {

/// ERROR for each session that could not be saved, WARN for each file kept aside, DEBUG for the rest.
void log_round(const RoundReport& report);
/// Logs every id, many on a line, each line beginning with `words`.
void log_ids(std::string_view words, std::span<const std::string> ids);

class RoundBoard {
 public:
  RoundBoard();
  RoundBoard(const RoundBoard&) = delete;
  RoundBoard& operator=(const RoundBoard&) = delete;
  ~RoundBoard();

  void count(const RoundReport& report);
  [[nodiscard]] ServerCounts counts() const;

  /// `peer` waits no longer: `reply` is for it.
  void flush_done(std::uint64_t peer, std::string reply);
  /// Readable when take_flushes() has something to give.
  [[nodiscard]] int descriptor() const { return wake_; }
  std::vector<std::pair<std::uint64_t, std::string>> take_flushes();

 private:
  int wake_;  ///< an eventfd
  mutable std::mutex mutex_;
  ServerCounts counts_;
  std::vector<std::pair<std::uint64_t, std::string>> flushes_;
};

}  // namespace session::commands
