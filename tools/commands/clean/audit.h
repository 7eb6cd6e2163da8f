#pragma once
// The audit log: append-only JSON Lines that say what is about to be removed, and then what became of it. The
// intents of a batch are on the disk before its first file is touched, so that a crash in between leaves an
// intent without an outcome, never a removal without a trace.

#include <optional>
#include <span>

#include "commands/clean/report.h"
#include "session/fs.h"

namespace session::commands {

struct AuditEntry {
  Path path;
  std::string_view action;  ///< "remove", "trash"
  std::string_view reason;  ///< "stale", "orphan-temp", "trash-expired"
  std::optional<TimePoint> activity;
  std::uint64_t bytes = 0;
};

class AuditLog {
 public:
  AuditLog(Fs& fs, Path path) : fs_(fs), path_(std::move(path)) {}
  /// Durable when it returns success.
  Result<void> intend(std::span<const AuditEntry> entries);
  Result<void> conclude(std::span<const AuditEntry> entries, std::span<const Fate> fates);

 private:
  Result<void> append(std::vector<cli::Json> records);

  Fs& fs_;
  Path path_;
};

}  // namespace session::commands
