#pragma once
// Baselines: findings that are known and accepted, so that a build fails on new damage only. A finding is
// known by file, kind, place and message: anything else about the file that changes is new.

#include <cstdint>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "commands/verify/baseline_file.h"
#include "commands/verify/task.h"

namespace session::commands {

class VerifyBaseline {
 public:
  /// Paths in the file are relative to its own directory, so that it can be used from anywhere.
  static Result<VerifyBaseline, cli::UsageProblem> read(Fs& fs, const Path& file);

  /// Of each finding of the answer, whether it is known. Each entry is used up by one finding.
  std::vector<bool> match(const VerifyAnswer& answer);
  /// Entries that nothing was found for: mended, or not looked at.
  [[nodiscard]] std::uint64_t unused() const { return keys_.size() - used_; }

 private:
  /// The first half of the SHA-256 of a finding: 16 bytes for each, however long path and message are, and
  /// nobody can make new damage look like what is known.
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  static Key key_of(const Path& path, const BaselineFinding& finding);

  std::vector<Key> keys_;                     ///< sorted; as many times as the file has it
  std::vector<std::uint32_t> used_of_first_;  ///< where equal keys begin: how many of them are used up
  std::uint64_t used_ = 0;
};

/// Collects what is found, to be written as a baseline.
class BaselineWriter {
 public:
  BaselineWriter(Path file, std::optional<std::string> temporary_directory)
      : file_(std::move(file)), entries_(std::move(temporary_directory)) {}
  void add(const VerifyAnswer& answer);
  /// Replaces the file in one step.
  Result<void> write(Fs& fs) { return entries_.write(fs, file_); }

 private:
  Path file_;
  BaselineFileWriter entries_;
};

}  // namespace session::commands
