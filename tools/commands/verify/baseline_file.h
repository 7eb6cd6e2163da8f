#pragma once
// The file of a baseline, read and written entry by entry: no more of it is in memory than one file's
// findings. What a finding is compared by is the baseline's (baseline.h).

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/input.h"
#include "cli/report.h"
#include "cli/spool.h"

namespace session::commands {

struct BaselineFinding {
  std::string kind;
  std::optional<std::uint64_t> offset, length;  ///< of what stands at a place in the content
  std::string message;
};

struct BaselineEntry {
  Path path;  ///< relative to the directory of the baseline
  std::vector<BaselineFinding> findings;
};

/// Hands the entries of `input` to `take`, in order. An error says what is wrong, in words; the entries
/// before it have been taken.
Result<void, std::string> read_baseline_file(cli::Input& input,
                                             const std::function<void(const BaselineEntry& entry)>& take);

/// Entries on their way into a file: they wait in a spool, because the file is replaced when all are known.
class BaselineFileWriter {
 public:
  explicit BaselineFileWriter(std::optional<std::string> temporary_directory)
      : entries_(std::move(temporary_directory)) {}
  void add(const BaselineEntry& entry);
  /// Replaces `file` in one step.
  Result<void> write(Fs& fs, const Path& file);

 private:
  cli::Spool entries_;
  bool empty_ = true;
};

}  // namespace session::commands
