#include "commands/clean/audit.h"

#include <nlohmann/json.hpp>

#include "cli/store_choice.h"
#include "session/execute.h"
#include "session/process.h"

namespace session::commands {
namespace {

cli::Json record_of(const AuditEntry& entry, std::string_view event) {
  cli::Json record;
  record["time"] = format_rfc3339(now());
  record["pid"] = process_id();
  record["event"] = event;
  record["action"] = entry.action;
  record["reason"] = entry.reason;
  cli::add_path(record, cli::absolute_path(entry.path));
  if (entry.activity) record["activity"] = format_rfc3339(*entry.activity);
  record["bytes"] = entry.bytes;
  return record;
}

}  // namespace

Result<void> AuditLog::intend(std::span<const AuditEntry> entries) {
  std::vector<cli::Json> records;
  for (const AuditEntry& entry : entries) records.push_back(record_of(entry, "intent"));
  return append(std::move(records));
}

Result<void> AuditLog::conclude(std::span<const AuditEntry> entries, std::span<const Fate> fates) {
  std::vector<cli::Json> records;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    records.push_back(record_of(entries[i], "outcome"));
    records.back()["outcome"] = name_of(fates[i]);
  }
  return append(std::move(records));
}

Result<void> AuditLog::append(std::vector<cli::Json> records) {
  const auto place = open_parent_resolved(fs_, path_);
  if (!place) return Unexpected{place.error()};
  for (std::size_t i = 0; i < records.size(); ++i) {
    // The flush of the last one flushes those before it too: they are in the same file.
    const bool is_last = i + 1 == records.size();
    const AppendStep step{.name = place->name,
                          .record = cli::to_line(records[i]),
                          .durability = is_last ? Durability::full : Durability::none};
    if (const auto appended = execute(fs_, place->dir, step); !appended) return Unexpected{appended.error()};
  }
  return {};
}

}  // namespace session::commands
