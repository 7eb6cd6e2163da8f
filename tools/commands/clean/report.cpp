#include "commands/clean/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/log.h"
#include "cli/quantity.h"
#include "commands/clean/trash.h"

namespace session::commands {
namespace {

using cli::Json;

std::size_t index_of(Reason reason) { return static_cast<std::size_t>(reason); }

/// Reasons that a look at a normal store is full of: told with -v only.
bool is_ordinary(Reason reason) {
  return reason == Reason::fresh || reason == Reason::never_expires || reason == Reason::protected_name ||
         reason == Reason::foreign;
}

/// "3 d": what somebody reads, not what anything is decided by.
std::string describe_age(milliseconds age) {
  const auto hours = std::chrono::floor<std::chrono::hours>(age).count();
  if (hours < 1) return fmt::format("{} min", std::chrono::floor<std::chrono::minutes>(age).count());
  if (hours < 48) return fmt::format("{} h", hours);
  return fmt::format("{} d", hours / 24);
}

/// What stands before the name of a file that was to go.
std::string_view verb_of(Fate fate) {
  switch (fate) {
    case Fate::planned: return "would remove";
    case Fate::removed: return "removed";
    case Fate::trashed: return "moved to the trash:";
    case Fate::gone: return "already gone:";
    case Fate::changed:
    case Fate::in_use: return "kept";
    case Fate::failed: return "could not remove";
    case Fate::not_done: return "not removed:";
  }
  return {};
}

Json kept_by_reason(const StoreTotals& totals) {
  Json kept = Json::object();
  for (std::size_t i = 0; i < k_reason_count; ++i) {
    if (totals.kept[i] > 0) kept[std::string(name_of(static_cast<Reason>(i)))] = totals.kept[i];
  }
  return kept;
}

std::uint64_t sum(const std::array<std::uint64_t, k_reason_count>& counts) {
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) total += count;
  return total;
}

void add_totals(Json& record, const StoreTotals& totals) {
  record["scanned"] = totals.scanned;
  record["removed"] = totals.removed;
  record["bytes_freed"] = totals.bytes_freed;
  record["kept"] = sum(totals.kept);
  record["kept_by_reason"] = kept_by_reason(totals);
  record["temps_removed"] = totals.temps_removed;
  record["recovery_candidates"] = totals.temps_kept;
  record["put_back"] = totals.put_back;
  record["trash_emptied"] = totals.emptied;
  record["errors"] = totals.errors;
}

}  // namespace

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::planned: return "planned";
    case Fate::removed: return "removed";
    case Fate::trashed: return "trashed";
    case Fate::gone: return "gone";
    case Fate::changed: return "kept-changed";
    case Fate::in_use: return "kept-in-use";
    case Fate::failed: return "failed";
    case Fate::not_done: return "not-done";
  }
  return {};
}

void StoreTotals::add(const StoreTotals& other) {
  scanned += other.scanned;
  for (std::size_t i = 0; i < k_reason_count; ++i) kept[i] += other.kept[i];
  removed += other.removed;
  bytes_freed += other.bytes_freed;
  temps_removed += other.temps_removed;
  temps_kept += other.temps_kept;
  put_back += other.put_back;
  emptied += other.emptied;
  errors += other.errors;
}

void CleanReport::item(const Json& record, const std::string& text) {
  context_.report.item(record, context_.common.quiet ? std::string() : text);
}

void CleanReport::begin_store(const CleanStore& /*store*/) { store_ = {}; }

void CleanReport::kept(const Path& directory, const Name& name, const Decision& decision) {
  ++store_.kept[index_of(decision.reason)];
  const bool is_told = context_.common.verbose > 0 || !is_ordinary(decision.reason);
  if (!is_told || (context_.common.format == "text" && context_.common.verbose == 0)) return;
  const Path path = join_path(directory, name);
  Json record;
  cli::add_path(record, path);
  record["action"] = "keep";
  record["reason"] = name_of(decision.reason);
  if (decision.activity) record["activity"] = format_rfc3339(*decision.activity);
  item(record, fmt::format("kept {}: {}", context_.report.display(path), name_of(decision.reason)));
}

void CleanReport::stale(const Path& path, const Candidate& candidate, Fate fate, TimePoint as_of) {
  switch (fate) {
    case Fate::planned:
    case Fate::removed:
    case Fate::trashed:
      ++store_.removed;
      if (fate != Fate::trashed) store_.bytes_freed += candidate.judged.size;
      break;
    case Fate::changed: ++store_.kept[index_of(Reason::recently_written)]; break;
    case Fate::in_use: ++store_.kept[index_of(Reason::in_use)]; break;
    case Fate::failed:
    case Fate::not_done: ++store_.kept[index_of(Reason::stale)]; break;
    case Fate::gone: break;
  }
  const TimePoint activity = *candidate.decision.activity;
  Json record;
  cli::add_path(record, path);
  record["action"] = "remove";
  record["reason"] = name_of(candidate.decision.reason);
  record["activity"] = format_rfc3339(activity);
  record["age_seconds"] = std::chrono::floor<std::chrono::seconds>(as_of - activity).count();
  record["bytes"] = candidate.judged.size;
  record["outcome"] = name_of(fate);
  item(record,
       fmt::format("{} {}: {}last active {}, {} ago, {}", verb_of(fate), context_.report.display(path),
                   fate == Fate::changed  ? "written to meanwhile; "
                   : fate == Fate::in_use ? "in use; "
                                          : "",
                   format_rfc3339(activity), describe_age(as_of - activity),
                   cli::describe_bytes(candidate.judged.size)));
}

void CleanReport::temp(const Path& path, const OrphanTemp& temp, Fate fate) {
  Json record;
  cli::add_path(record, path);
  record["bytes"] = temp.judged.size;
  if (!temp.kept_because.empty()) {
    ++store_.temps_kept;
    record["action"] = "keep";
    record["reason"] = "recovery-candidate";
    record["detail"] = temp.kept_because;
    item(record, fmt::format("kept {}: it may hold the only copy of a session ({}); see session-repair",
                             context_.report.display(path), context_.report.display(temp.kept_because)));
    return;
  }
  if (fate == Fate::removed || fate == Fate::planned) {
    ++store_.temps_removed;
    store_.bytes_freed += temp.judged.size;
  }
  record["action"] = "remove";
  record["reason"] = "orphan-temp";
  record["outcome"] = name_of(fate);
  item(record, fmt::format("{} {}: left behind by a writer that died, {}", verb_of(fate),
                           context_.report.display(path), cli::describe_bytes(temp.judged.size)));
}

void CleanReport::put_back(const Path& path) {
  ++store_.put_back;
  Json record;
  cli::add_path(record, path);
  record["action"] = "put-back";
  record["reason"] = "interrupted-clean";
  record["outcome"] = doing_ == Doing::planning ? name_of(Fate::planned) : "put-back";
  item(record,
       fmt::format("{} {}: an earlier run was interrupted",
                   doing_ == Doing::planning ? "would put back" : "put back", context_.report.display(path)));
}

void CleanReport::emptied(const TrashedSession& session, Fate fate) {
  const Path path = join_path(session.directory, session.name);
  if (fate == Fate::removed || fate == Fate::planned) {
    ++store_.emptied;
    store_.bytes_freed += session.id.size;
  }
  Json record;
  cli::add_path(record, path);
  record["action"] = "remove";
  record["reason"] = "trash-expired";
  record["trashed"] = format_rfc3339(session.trashed);
  record["bytes"] = session.id.size;
  record["outcome"] = name_of(fate);
  item(record, fmt::format("{} {}: in the trash since {}", verb_of(fate), context_.report.display(path),
                           format_rfc3339(session.trashed)));
}

void CleanReport::restored(const Path& from, const Path& to) {
  Json record;
  cli::add_path(record, to);
  record["action"] = "restore";
  cli::add_path(record, from, "from");
  record["outcome"] = doing_ == Doing::planning ? name_of(Fate::planned) : "restored";
  item(record, fmt::format("{} {}", doing_ == Doing::planning ? "would restore" : "restored",
                           context_.report.display(to)));
}

void CleanReport::in_trash(const TrashedSession& session) {
  const Path path = join_path(session.directory, session.name);
  Json record;
  cli::add_path(record, path);
  cli::add_path(record, join_path(session.below, session.name), "name");
  record["trashed"] = format_rfc3339(session.trashed);
  record["bytes"] = session.id.size;
  item(record,
       fmt::format("{}  {}  {}", format_rfc3339(session.trashed), cli::describe_bytes(session.id.size),
                   context_.report.display(join_path(session.below, session.name))));
}

void CleanReport::claim_kept(const Path& path) {
  context_.report.warning(
      fmt::format("{}: the older version of a session that has been saved anew since an "
                  "earlier run was interrupted; look at both and remove one",
                  context_.report.display(path)));
}

void CleanReport::braked(const CleanStore& store, const Survey& survey) {
  failed(fail(Errc::too_large, Op::unlink, store.path,
              fmt::format("{} of {} sessions are stale, more than maxDelete allows; none was removed",
                          survey.would_remove, survey.sessions))
             .error,
         "look at them with --dry-run --max-delete none; if they may all go, run once with a higher "
         "--max-delete");
}

void CleanReport::failed(const Error& error, std::string_view hint) {
  has_failed_ = true;
  ++store_.errors;
  context_.report.error(error, hint);
}

void CleanReport::missing(const CleanStore& store) {
  const std::string message =
      fmt::format("{}: there is no such directory; nothing to clean", context_.report.display(store.path));
  if (store.named) {
    context_.report.warning(message);
  } else {
    context_.report.note(message, cli::Verbosity::normal);
  }
  text_ += fmt::format("{}: no such directory\n", context_.report.display(store.path));
  Json record;
  if (!store.name.empty()) record["name"] = store.name;
  cli::add_path(record, store.path);
  record["missing"] = true;
  stores_.push_back(std::move(record));
}

std::string CleanReport::line_of(const StoreTotals& totals) const {
  std::string text = fmt::format("{} scanned, {} {}", totals.scanned, totals.removed,
                                 doing_ == Doing::planning ? "to be removed" : "removed");
  text += fmt::format(" ({})", cli::describe_bytes(totals.bytes_freed));
  text += fmt::format(", {} kept", sum(totals.kept));
  std::string reasons;
  for (std::size_t i = 0; i < k_reason_count; ++i) {
    if (totals.kept[i] == 0) continue;
    reasons +=
        fmt::format("{}{} {}", reasons.empty() ? "" : ", ", totals.kept[i], name_of(static_cast<Reason>(i)));
  }
  if (!reasons.empty()) text += fmt::format(" ({})", reasons);
  if (totals.temps_removed > 0) text += fmt::format(", {} orphan temporaries", totals.temps_removed);
  if (totals.temps_kept > 0) text += fmt::format(", {} recovery candidates", totals.temps_kept);
  if (totals.emptied > 0) text += fmt::format(", {} removed from the trash", totals.emptied);
  if (totals.errors > 0) text += fmt::format(", {} errors", totals.errors);
  return text;
}

void CleanReport::end_store(const CleanStore& store, const Layout* layout, std::uint64_t scanned) {
  store_.scanned = scanned;
  Json record;
  if (!store.name.empty()) record["name"] = store.name;
  cli::add_path(record, store.path);
  record["layout"] = layout == nullptr ? Json() : Json(layout->name);
  record["ttl_ms"] = store.policy.ttl.count();
  add_totals(record, store_);
  stores_.push_back(std::move(record));
  const std::string line = fmt::format("{}: {}", context_.report.display(store.path), line_of(store_));
  text_ += line + '\n';
  cli::log(cli::LogLevel::info, line);
  total_.add(store_);
}

void CleanReport::summary() {
  Json record;
  record["dry_run"] = doing_ == Doing::planning;
  add_totals(record, total_);
  record["stores"] = stores_;
  if (stores_.size() > 1) text_ += fmt::format("total: {}\n", line_of(total_));
  cli::log(cli::LogLevel::debug, fmt::format("{} stale sessions removed", total_.removed));
  context_.report.summary(record, context_.common.quiet ? std::string() : text_);
}

}  // namespace session::commands
