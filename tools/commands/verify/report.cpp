#include "commands/verify/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/quantity.h"
#include "cli/shell.h"
#include "session/repair.h"

namespace session::commands {

namespace {

using cli::counted;
using cli::Json;
using cli::Style;

constexpr std::size_t k_most_named_files = 16;

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::note: return Style::faint;
    case Severity::limits:
    case Severity::warning: return Style::warning;
    case Severity::error: return Style::bad;
  }
  return Style::bad;
}

Json record_of_finding(const Finding& finding) {
  Json record;
  record["kind"] = id_of(finding.kind);
  record["severity"] = name_of(severity_of(finding));
  if (has_position(finding.kind)) {
    record["line"] = finding.line;
    record["column"] = finding.column;
    record["offset"] = finding.offset;
    record["length"] = finding.length;
  }
  record["message"] = message_of(finding);
  return record;
}

/// What the user has to do about all findings of the file: those a baseline knows are settled.
Verdict judged_without(const Diagnosis& diagnosis, const std::vector<bool>& known) {
  // What is not listed cannot be known.
  if (known.empty() || diagnosis.findings_left_out > 0) return diagnosis.verdict;
  Verdict verdict = Verdict::ok;
  for (std::size_t index = 0; index < diagnosis.findings.size(); ++index) {
    if (known[index]) continue;
    verdict = std::max(verdict, verdict_of(severity_of(diagnosis.findings[index])));
  }
  return verdict;
}

}  // namespace

bool has_position(Kind kind) {
  return kind != Kind::open_mode && kind != Kind::orphan_temp && kind != Kind::stale_lock &&
         kind != Kind::repair_leftover;
}

std::string message_of(const Finding& finding) {
  std::string message(row_of(finding.kind).summary);
  if (!finding.detail.empty()) message += ": " + finding.detail;
  if (finding.refused) message += "; the layout's owner refuses the whole file for it";
  return message;
}

void VerifyReport::add(const VerifyAnswer& answer, const std::vector<bool>& known) {
  const Inspection& inspection = answer.inspection;
  const Verdict judged = judged_without(inspection.diagnosis, known);
  count(answer, judged);
  if (inspection.error) report_.error(*inspection.error);
  const bool worth_telling = options_.detail == Detail::everything || !inspection.diagnosis.findings.empty();
  const std::string text = inspection.error || !worth_telling ? std::string() : lines_of(answer, known);
  if (options_.records_wanted) {
    report_.item(record_of(answer, known, judged), text);
  } else if (!text.empty()) {
    report_.item(Json(), text);
  }
}

bool VerifyReport::fails(Verdict judged) const {
  return judged == Verdict::damaged || (options_.strict == Strict::yes && judged != Verdict::ok);
}

void VerifyReport::count(const VerifyAnswer& answer, Verdict judged) {
  const Inspection& inspection = answer.inspection;
  const Diagnosis& diagnosis = inspection.diagnosis;
  tally_.add(answer);
  if (inspection.error) {
    status_ |= cli::k_exit_operation_failed;
    return;
  }
  if (fails(judged)) {
    status_ |= cli::k_exit_damage_remains;
  } else if (judged != diagnosis.verdict) {
    ++known_files_;
  }
  if (!answer.is_file || judged != Verdict::damaged || answer.standard_input) return;
  tally_.add_damaged(diagnosis);
  if (!needs_repair(diagnosis)) return;
  if (repairable_.size() < k_most_named_files) {
    repairable_.push_back(answer.source.path());
  } else {
    some_left_out_ = true;
  }
  if (repairable_roots_.empty() || repairable_roots_.back() != answer.source.root) {
    repairable_roots_.push_back(answer.source.root);
  }
}

Json VerifyReport::record_of(const VerifyAnswer& answer, const std::vector<bool>& known,
                             Verdict judged) const {
  const Inspection& inspection = answer.inspection;
  const Diagnosis& diagnosis = inspection.diagnosis;
  Json record;
  cli::add_path(record, answer.source.path());
  record["verdict"] = inspection.error ? "unreadable" : name_of(diagnosis.verdict);
  if (inspection.error) {
    record["fails"] = true;
    record["error"] = {{"op", name_of(inspection.error->op)},
                       {"code", name_of(inspection.error->code)},
                       {"message", describe(*inspection.error)}};
    return record;
  }
  record["fails"] = fails(judged);
  if (answer.layout != nullptr) record["layout"] = answer.layout->name;
  if (answer.is_file) {
    record["format"] = name_of(diagnosis.format);
    record["bytes"] = diagnosis.bytes;
    record["records"] = diagnosis.records;
  }
  if (inspection.growing) record["growing"] = true;
  if (!inspection.hash.empty()) record["hash"] = inspection.hash;
  record["findings"] = Json::array();
  for (std::size_t index = 0; index < diagnosis.findings.size(); ++index) {
    Json finding = record_of_finding(diagnosis.findings[index]);
    if (!known.empty() && known[index]) finding["known"] = true;
    record["findings"].push_back(std::move(finding));
  }
  if (diagnosis.findings_left_out > 0) record["findings_left_out"] = diagnosis.findings_left_out;
  return record;
}

std::string VerifyReport::line_of(const VerifyAnswer& answer, const Finding& finding) const {
  const Severity severity = severity_of(finding);
  std::string where = report_.display(answer.source.path());
  std::string place;
  if (has_position(finding.kind)) {
    where += fmt::format(":{}:{}", finding.line, finding.column);
    place = fmt::format(" (byte {}, {})", finding.offset, counted(finding.length, "byte"));
  }
  return fmt::format("{}: {}: {}: {}{}\n", report_.styled(Style::strong, where),
                     report_.styled(style_of(severity), name_of(severity)), id_of(finding.kind),
                     report_.display(message_of(finding)),
                     place.empty() ? place : report_.styled(Style::faint, place));
}

std::string VerifyReport::lines_of(const VerifyAnswer& answer, const std::vector<bool>& known) const {
  const Diagnosis& diagnosis = answer.inspection.diagnosis;
  std::string lines;
  std::uint64_t untold = 0;
  for (std::size_t index = 0; index < diagnosis.findings.size(); ++index) {
    const Finding& finding = diagnosis.findings[index];
    const bool is_known = !known.empty() && known[index];
    const bool is_damage = severity_of(finding) == Severity::error;
    if ((is_known && options_.detail != Detail::everything) ||
        (!is_damage && options_.detail == Detail::damage)) {
      ++untold;
      continue;
    }
    lines += line_of(answer, finding);
  }
  const std::string path = report_.display(answer.source.path());
  if (diagnosis.findings_left_out > 0 && options_.detail != Detail::damage) {
    lines += fmt::format("{}: {} not shown\n", path, counted(diagnosis.findings_left_out, "more finding"));
  }
  if (options_.detail != Detail::everything) return lines;
  if (diagnosis.findings.empty() && untold == 0) {
    lines += fmt::format("{}: {}{}\n", path, report_.styled(Style::good, "ok"),
                         answer.inspection.growing ? " (being appended to)" : "");
  }
  return lines;
}

std::string VerifyReport::repair_command(const std::vector<Path>& roots) const {
  if (repairable_.empty()) return {};
  const std::string& command = options_.repair_command;
  if (some_left_out_ && repairable_roots_.size() > k_most_named_files && !options_.files0_from.empty()) {
    return command + " --files0-from " + cli::quote_for_shell(options_.files0_from);
  }
  std::vector<Path> words = repairable_;
  if (some_left_out_) {
    words.clear();
    for (const std::size_t root : repairable_roots_) words.push_back(roots[root]);
  }
  return command + cli::path_words(words);
}

std::string VerifyReport::totals_text() const {
  std::string text = fmt::format("{}, {}", counted(tally_.files, "file"), cli::describe_bytes(tally_.bytes));
  const auto add = [&](Style style, std::uint64_t count, std::string_view word) {
    if (count > 0) text += ", " + report_.styled(style, fmt::format("{} {}", count, word));
  };
  add(Style::good, tally_.count_of(Verdict::ok), "ok");
  add(Style::warning, tally_.count_of(Verdict::warn), "with warnings");
  add(Style::warning, tally_.count_of(Verdict::beyond_limits), "beyond limits");
  add(Style::bad, tally_.count_of(Verdict::damaged), "damaged");
  add(Style::bad, tally_.unreadable, "unreadable");
  add(Style::warning, tally_.artifacts, "lying around");
  add(Style::faint, known_files_, "as the baseline has it");
  return text + "\n";
}

void VerifyReport::finish(const std::vector<Path>& roots, std::optional<std::uint64_t> unused) {
  Json record;
  tally_.write_to(record);
  if (unused) record["baseline"] = {{"known_files", known_files_}, {"unused_entries", *unused}};
  std::string text = totals_text();
  if (unused.value_or(0) > 0) {
    text += fmt::format("{} of the baseline matched nothing: mended, or not looked at\n",
                        counted(*unused, "entry", "entries"));
  }
  if (const std::string command = repair_command(roots); !command.empty()) {
    record["repair_command"] = command;
    text += fmt::format("to repair: {}\n", command);
  }
  if (tally_.beyond_repair > 0) {
    record["beyond_repair"] = tally_.beyond_repair;
    if (!tally_.fix_options.empty()) record["fix_options"] = tally_.fix_options;
    const std::string hint = tally_.fix_options.empty()
                                 ? ""
                                 : fmt::format(" ({} may help some)", fmt::join(tally_.fix_options, ", "));
    text += fmt::format(
        "session-repair leaves {} alone whose text is whole{}: restore a backup, or see --explain for each "
        "kind\n",
        counted(tally_.beyond_repair, "damaged file"), hint);
  }
  report_.summary(record, options_.detail == Detail::damage ? std::string() : text);
}

}  // namespace session::commands
