#pragma once
// Savers: the real session-save, run again and again on a mounted store by several threads at once, each
// with sessions of its own, until the time is over.

#include <chrono>
#include <string>
#include <vector>

#include "power_cut/history.h"
#include "power_cut/recorded_disk.h"

namespace session::test {

struct SaverSetup {
  std::string mount_point;
  std::string durability;  ///< full, data or none
  std::chrono::milliseconds duration{};
};

/// Saves for that long: single sessions by four threads, files in new directories, batches, patches, sessions
/// kept and removed by an autosaving process, and records appended. Returns the complaints of savers that
/// failed; there should be none.
std::vector<std::string> run_savers(const SaverSetup& setup, RecordedDisk& disk, History& history);

/// The command that appends the record on its standard input to `path`.
std::vector<std::string> append_command(const std::string& path, const std::string& durability);

}  // namespace session::test
