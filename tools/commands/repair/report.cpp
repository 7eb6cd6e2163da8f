#include "commands/repair/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/quantity.h"
#include "commands/repair/edits.h"

namespace session::commands {
namespace {

using cli::counted;
using cli::ExitStatus;
using cli::Json;
using cli::Style;

constexpr std::size_t k_most_ranges_told = 5;

bool has_error(const Diagnosis& diagnosis) { return diagnosis.verdict == Verdict::damaged; }

/// What is still wrong with a file when its text is whole.
std::string remaining_text(const Diagnosis& diagnosis) {
  std::string text;
  std::size_t told = 0;
  for (const Finding& finding : diagnosis.findings) {
    if (severity_of(finding) != Severity::error) continue;
    if (told++ == k_most_ranges_told) return text + ", …";
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", id_of(finding.kind),
                        finding.detail.empty() ? "" : " (" + finding.detail + ")");
  }
  return text;
}

Json ranges_of(const RepairPlan& plan) {
  Json ranges = Json::array();
  for (const DroppedRange& range : plan.dropped) {
    ranges.push_back({{"offset", range.offset},
                      {"length", range.length},
                      {"kind", id_of(range.because)},
                      {"lost", range.lost}});
  }
  return ranges;
}

Json findings_of(const Diagnosis& diagnosis) {
  Json findings = Json::array();
  for (const Finding& finding : diagnosis.findings) {
    findings.push_back({{"kind", id_of(finding.kind)},
                        {"line", finding.line},
                        {"offset", finding.offset},
                        {"detail", finding.detail}});
  }
  return findings;
}

std::string untold_text(const RepairPlan& plan) {
  if (plan.untold.empty()) return {};
  return fmt::format("  nothing tells what stood in {}\n", fmt::join(plan.untold, ", "));
}

std::string offered_text(const RepairPlan& plan) {
  if (plan.offered.empty()) return {};
  return fmt::format("  --rebuild-header makes {} again\n", fmt::join(plan.offered, ", "));
}

/// Where the text changes; its content is for the eyes of a person only.
Json edits_record(const RepairAnswer& answer) {
  Json edits = Json::array();
  for (const RepairEdit& edit : edits_of(answer.original, answer.plan)) {
    edits.push_back({{"line", edit.line},
                     {"offset", edit.offset},
                     {"removed", edit.removed},
                     {"result_offset", edit.result},
                     {"inserted", edit.inserted.size()}});
  }
  return edits;
}

Json given_record(const std::vector<GivenVersion>& versions) {
  Json records = Json::array();
  for (const GivenVersion& given : versions) {
    Json record;
    cli::add_path(record, given.name);
    record["records_taken"] = given.records_taken;
    if (!given.refused.empty()) record["refused"] = given.refused;
    records.push_back(std::move(record));
  }
  return records;
}

Json fixed_record(const FixCounts& fixed) {
  return {{"surrogates", fixed.surrogates},
          {"results", fixed.results},
          {"calls", fixed.calls},
          {"parents", fixed.parents},
          {"duplicates", fixed.duplicates}};
}

Json rebuilt_record(const std::vector<RebuiltField>& rebuilt) {
  Json fields = Json::array();
  for (const RebuiltField& field : rebuilt) {
    fields.push_back({{"field", field.field}, {"value", field.value}, {"source", field.source}});
  }
  return fields;
}

/// What fixes did, in words.
std::string fixed_text(const FixCounts& fixed) {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view one, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "  " : ", ", counted(count, one), what);
  };
  add(fixed.surrogates, "half surrogate pair", "replaced");
  add(fixed.results, "result", "without a call taken out");
  add(fixed.calls, "unanswered call", "taken out");
  add(fixed.parents, "lost parent", "replaced by the record before");
  add(fixed.duplicates, "repeated record", "dropped");
  return text.empty() ? text : text + '\n';
}

Json removed_record(const std::vector<Name>& removed) {
  Json records = Json::array();
  for (const Name& name : removed) {
    Json record;
    cli::add_path(record, name);
    records.push_back(std::move(record));
  }
  return records;
}

Json record_of(const RepairAnswer& answer, Doing doing) {
  Json record;
  cli::add_path(record, answer.path);
  record["outcome"] = outcome_of(answer, doing);
  record["layout"] = answer.layout != nullptr ? Json(answer.layout->name) : Json(nullptr);
  record["bytes"] = answer.bytes;
  record["findings"] = findings_of(answer.plan.before);
  if (!answer.promoted_to.empty()) cli::add_path(record, answer.promoted_to, "promoted_to");
  const RepairPlan& plan = answer.plan;
  if (plan.strategy.empty()) {
    if (!plan.untold.empty()) record["untold"] = plan.untold;
    return record;
  }
  record["strategy"] = plan.strategy;
  if (!plan.source.empty()) cli::add_path(record, plan.source, "source");
  record["lossless"] = plan.loss.lossless;
  record["loss"] = {{"records", plan.loss.records_dropped},
                    {"values", plan.loss.values_dropped},
                    {"bytes", plan.loss.bytes_dropped},
                    {"inserted", plan.loss.bytes_inserted},
                    {"taken", plan.loss.bytes_taken}};
  record["dropped"] = ranges_of(plan);
  if (!plan.given.empty()) record["given"] = given_record(plan.given);
  if (plan.fixed != FixCounts{}) record["fixed"] = fixed_record(plan.fixed);
  if (!plan.rebuilt.empty()) record["rebuilt"] = rebuilt_record(plan.rebuilt);
  if (!plan.untold.empty()) record["untold"] = plan.untold;
  if (!plan.offered.empty()) record["offered"] = plan.offered;
  record["remaining"] = findings_of(plan.after);
  if (!answer.removed.empty()) record["removed"] = removed_record(answer.removed);
  if (!answer.copy.empty()) cli::add_path(record, answer.copy, "copy");
  if (!answer.sidecar.empty()) cli::add_path(record, answer.sidecar, "sidecar");
  if (!answer.quarantined.empty()) cli::add_path(record, answer.quarantined, "quarantined");
  if (answer.reset) record["reset"] = true;
  return record;
}

}  // namespace

std::string_view outcome_of(const RepairAnswer& answer, Doing doing) {
  if (answer.error && !answer.replaced && answer.quarantined.empty()) return "failed";
  if (answer.set_aside && answer.plan.status != RepairStatus::healthy) return "left-alone";
  if (!answer.promoted_to.empty() && answer.plan.status == RepairStatus::repaired) {
    return doing == Doing::planning ? "would-promote" : "promoted";
  }
  switch (answer.plan.status) {
    case RepairStatus::healthy: return "healthy";
    case RepairStatus::beyond_text: return "damage-remains";
    case RepairStatus::over_budget: return "over-budget";
    case RepairStatus::unloadable:
      if (!answer.quarantined.empty()) return "quarantined";
      return "unloadable";
    case RepairStatus::repaired: return doing == Doing::planning ? "would-repair" : "repaired";
    case RepairStatus::unrepairable: return doing == Doing::planning ? "would-quarantine" : "quarantined";
  }
  return "failed";
}

std::string loss_text(const RepairPlan& plan) {
  if (plan.loss.lossless) return "nothing lost";
  std::string text = "lost ";
  if (plan.loss.records_dropped > 0) text += counted(plan.loss.records_dropped, "record") + ", ";
  // What could not be read may have held more.
  if (plan.loss.values_dropped > 0) text += "at least " + counted(plan.loss.values_dropped, "value") + ", ";
  const std::uint64_t bytes = plan.lost_bytes();
  if (bytes == 0 && plan.loss.values_dropped == 0) return "nothing dropped, but something was missing";
  return text + counted(bytes, "byte");
}

ExitStatus RepairReport::status_of(const RepairAnswer& answer) const {
  ExitStatus status = answer.error ? cli::k_exit_operation_failed : cli::k_exit_fine;
  if (answer.set_aside && answer.plan.status != RepairStatus::healthy) {
    return status | cli::k_exit_damage_remains;
  }
  switch (answer.plan.status) {
    case RepairStatus::healthy: return status;
    case RepairStatus::beyond_text:
    case RepairStatus::over_budget: return status | cli::k_exit_damage_remains;
    case RepairStatus::unloadable:
    case RepairStatus::unrepairable:
      return status | (answer.reset ? cli::k_exit_repaired : cli::k_exit_damage_remains);
    case RepairStatus::repaired: break;
  }
  if (doing_ == Doing::planning || !answer.replaced || has_error(answer.plan.after)) {
    return status | cli::k_exit_damage_remains;
  }
  return status | cli::k_exit_repaired;
}

std::string RepairReport::promotion_lines(const RepairAnswer& answer) const {
  const std::string path = report_.display(answer.path);
  const std::string session = report_.display(answer.promoted_to);
  if (answer.plan.status != RepairStatus::repaired) {
    return fmt::format(
        "{}: {}: there is no {}, and this temporary of it is cut itself; rename it to that and repair it\n",
        path, report_.styled(Style::bad, "damage remains"), session);
  }
  return fmt::format("{}: {}: there {} no {}: the writer died before he renamed this to it\n", path,
                     report_.styled(Style::good, doing_ == Doing::planning ? "would promote" : "promoted"),
                     doing_ == Doing::planning ? "is" : "was", session);
}

std::string reason_to_leave(const RepairPlan& plan) {
  if (!plan.other_format) return "its values are not repair's to make up";
  return *plan.other_format == Format::json_lines ? "it is JSON Lines, which its name does not say"
                                                  : "it is one JSON document, which its name does not say";
}

std::string RepairReport::lines_of(const RepairAnswer& answer) const {
  const RepairPlan& plan = answer.plan;
  const std::string path = report_.display(answer.path);
  const std::string_view outcome = outcome_of(answer, doing_);
  const auto line = [&](Style style, std::string_view word, const std::string& rest) {
    return fmt::format("{}: {}{}{}\n", path, report_.styled(style, word), rest.empty() ? "" : ": ", rest);
  };
  if (outcome == "failed") return {};
  if (answer.set_aside && plan.status != RepairStatus::healthy) {
    return line(Style::bad, "left alone",
                fmt::format("session-repair made it; to repair it again, copy it to {} first",
                            report_.display(answer.set_aside->primary)));
  }
  if (plan.status == RepairStatus::healthy)
    return options_.verbose ? line(Style::faint, "healthy", "") : std::string();
  if (!answer.promoted_to.empty()) return promotion_lines(answer);
  if (plan.status == RepairStatus::beyond_text) {
    return line(Style::bad, "damage remains", remaining_text(plan.before) + "; " + reason_to_leave(plan)) +
           untold_text(plan);
  }
  if (plan.status == RepairStatus::over_budget) {
    return line(Style::bad, "not repaired",
                fmt::format("{}: {}, more than --accept-loss allows", plan.strategy, loss_text(plan)));
  }
  if (plan.status == RepairStatus::unloadable && answer.quarantined.empty()) {
    return line(Style::bad, "not repaired",
                fmt::format("{}: what is left of it would not load: {}", plan.strategy,
                            remaining_text(plan.after))) +
           untold_text(plan) + offered_text(plan) +
           "  left as it is; --level syntax repairs its text all the same\n";
  }
  if (plan.status == RepairStatus::unrepairable || plan.status == RepairStatus::unloadable) {
    std::string text = line(Style::bad, doing_ == Doing::planning ? "would quarantine" : "quarantined",
                            "nothing in it can be read as a session");
    if (!answer.quarantined.empty())
      text += fmt::format("  the original is now {}\n", report_.display(answer.quarantined));
    if (answer.reset) text += "  an empty session stands in its place\n";
    return text;
  }
  return line(plan.loss.lossless ? Style::good : Style::warning,
              doing_ == Doing::planning ? "would repair" : "repaired",
              fmt::format("{}: {}", plan.strategy, loss_text(plan))) +
         repaired_lines(answer);
}

/// Where the repaired content is from, what was lost, and where the rest is.
std::string RepairReport::repaired_lines(const RepairAnswer& answer) const {
  const RepairPlan& plan = answer.plan;
  std::string text;
  if (!plan.source.empty()) {
    text += fmt::format("  taken from {}{}\n", report_.display(plan.source),
                        answer.source_removed ? ", which is gone: it is the session now" : "");
  }
  for (const GivenVersion& given : plan.given) {
    text += given.refused.empty()
                ? fmt::format("  took {} from {}\n", counted(given.records_taken, "record"),
                              report_.display(given.name))
                : fmt::format("  took nothing from {}: {}\n", report_.display(given.name), given.refused);
  }
  text += fixed_text(plan.fixed);
  for (const RebuiltField& field : plan.rebuilt) {
    text += fmt::format("  rebuilt {} as {} ({})\n", field.field, report_.display(field.value), field.source);
  }
  std::size_t told = 0;
  for (const DroppedRange& range : plan.dropped) {
    if (!range.lost) continue;
    if (told++ == k_most_ranges_told) {
      text += "  …\n";
      break;
    }
    text += fmt::format("  dropped {} at offset {} ({})\n", counted(range.length, "byte"), range.offset,
                        id_of(range.because));
  }
  for (const Name& name : answer.removed) {
    text += fmt::format("  removed {}, a copy that an earlier run did not finish\n", report_.display(name));
  }
  if (!answer.copy.empty())
    text += fmt::format("  the original is kept as {}\n", report_.display(answer.copy));
  if (!answer.sidecar.empty())
    text += fmt::format("  what was lost is in {}\n", report_.display(answer.sidecar));
  if (has_error(plan.after)) {
    text +=
        fmt::format("  remains: {}\n", remaining_text(plan.after)) + untold_text(plan) + offered_text(plan);
  }
  return text;
}

void RepairReport::add(const RepairAnswer& answer) {
  if (answer.skipped) return;
  if (!answer.continues) ++files_;
  const ExitStatus status = status_of(answer);
  status_ |= status;
  if (answer.error) {
    ++failed_;
    const bool writing =
        answer.error->op == Op::write || answer.error->op == Op::fsync || answer.error->op == Op::create;
    report_.error(*answer.error, answer.hint, writing ? "atomic-write" : "");
  }
  if (answer.plan.status == RepairStatus::healthy && !answer.error) ++healthy_;
  if (answer.replaced && !answer.continues) ++repaired_;
  if (!answer.quarantined.empty()) ++quarantined_;
  if (doing_ == Doing::planning && !answer.continues) {
    const std::string_view outcome = outcome_of(answer, doing_);
    if (outcome == "would-repair" || outcome == "would-promote") ++would_repair_;
    if (outcome == "would-quarantine") ++would_quarantine_;
  }
  const bool remains = (status & cli::k_exit_damage_remains) != 0;
  if (remains && !(answer.continues && last_remains_)) ++remaining_;
  last_remains_ = remains;
  Json record = options_.records_wanted ? record_of(answer, doing_) : Json();
  std::string lines = lines_of(answer);
  const bool changes = answer.plan.status == RepairStatus::repaired && answer.promoted_to.empty();
  if (options_.shows_edits && changes) {
    if (options_.records_wanted) record["edits"] = edits_record(answer);
    lines += diff_text(report_, answer.path, answer.original, answer.plan);
  }
  report_.item(record, lines);
}

void RepairReport::finish() {
  Json record = {{"files", files_},
                 {"healthy", healthy_},
                 {"repaired", repaired_},
                 {"quarantined", quarantined_},
                 {"damage_remains", remaining_},
                 {"failed", failed_}};
  if (doing_ == Doing::planning) {
    record["would_repair"] = would_repair_;
    record["would_quarantine"] = would_quarantine_;
    const std::uint64_t left = remaining_ - std::min(remaining_, would_repair_ + would_quarantine_);
    report_.summary(
        record,
        fmt::format("{}: {} healthy, {} would be repaired, {} quarantined, {} left damaged, {} failed\n",
                    counted(files_, "file"), healthy_, would_repair_, would_quarantine_, left, failed_));
    return;
  }
  report_.summary(
      record, fmt::format("{}: {} healthy, {} repaired, {} quarantined, {} still damaged, {} failed\n",
                          counted(files_, "file"), healthy_, repaired_, quarantined_, remaining_, failed_));
}

}  // namespace session::commands
