#pragma once
// What all threads of a run of session-repair know together.

#include <mutex>

#include "commands/repair/live_writer.h"
#include "commands/repair/neighbours.h"

namespace session::commands {

struct Surroundings {
  Surroundings(Fs& fs, const RepairRequest& request) : neighbours(fs, request), live_writers(fs) {}
  Neighbours neighbours;
  LiveWriters live_writers;
  /// Held by the thread that has a large file in memory, or one with several names, each of which would find
  /// it locked by the thread at work on another.
  std::mutex one_at_a_time;
};

}  // namespace session::commands
