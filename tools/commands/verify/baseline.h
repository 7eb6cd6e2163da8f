#pragma once
// Baselines: findings that are known and accepted, so that a build fails on new damage only. A finding is
// known by file, kind, place and detail: anything else about the file that changes is new.

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "cli/options.h"
#include "commands/verify/task.h"

namespace session::commands {

class VerifyBaseline {
 public:
  /// Paths in the file are relative to its own directory, so that it can be used from anywhere.
  static Result<VerifyBaseline, cli::UsageProblem> read(Fs& fs, const Path& file);

  /// Of each finding of the answer, whether it is known. Each entry is used up by one finding.
  std::vector<bool> match(const VerifyAnswer& answer);
  /// Entries that nothing was found for: mended, or not looked at.
  [[nodiscard]] std::uint64_t unused() const;

 private:
  using Key = std::tuple<Path, std::string, std::uint64_t, std::uint64_t, std::string>;
  std::map<Key, std::uint64_t> entries_;
};

/// Collects what is found, to be written as a baseline.
class BaselineWriter {
 public:
  explicit BaselineWriter(Path file);
  ~BaselineWriter();
  BaselineWriter(BaselineWriter&&) noexcept;
  BaselineWriter& operator=(BaselineWriter&&) noexcept;
  void add(const VerifyAnswer& answer);
  /// Replaces the file in one step.
  Result<void> write(Fs& fs) const;

 private:
  Path file_;
  std::unique_ptr<cli::Json> files_;
};

}  // namespace session::commands
