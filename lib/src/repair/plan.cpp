#include <algorithm>
#include <ranges>

#include "repair/mend.h"
#include "repair/versions.h"
#include "session/repair.h"

namespace session {
namespace {

using repair::Mended;

CheckOptions check_options(const RepairOptions& options, std::optional<Format> format) {
  CheckOptions check;
  check.level = Level::layout;
  check.format = format;
  check.layout = options.layout;
  check.file_stem = options.file_stem;
  return check;
}

/// Whether the kind is about the text, not about what its values say. A missing last newline and empty
/// lines are about the text too, but every reader takes them.
bool is_textual(Kind kind) {
  return kind <= Kind::bad_syntax && kind != Kind::missing_newline && kind != Kind::blank_line;
}

/// Both judges: the scanner that diagnoses, and the parser that shares no code with it.
bool is_whole(ByteView bytes, Format format, const Diagnosis& diagnosis) {
  return !needs_repair(diagnosis) && parses_strictly(bytes, format);
}

/// Whether the owner of a document would refuse what is left of it, as far as its layout tells. A reader of
/// records skips those it cannot use; and what lost nothing is no worse than it was, unless its end is
/// missing: a cut between two members leaves nothing to drop, and yet half a document.
bool is_refused(const RepairPlan& plan, Format format) {
  if (format != Format::json || plan.after.verdict != Verdict::damaged) return false;
  const bool is_cut = std::ranges::any_of(
      plan.before.findings, [](const Finding& finding) { return finding.kind == Kind::torn_tail; });
  return is_cut || !plan.loss.lossless;
}

Loss loss_of(const std::vector<DroppedRange>& dropped, const Mended& mended) {
  Loss loss;
  for (const DroppedRange& range : dropped) {
    loss.bytes_dropped += range.length;
    if (range.lost) loss.lossless = false;
  }
  loss.records_dropped = mended.records_dropped;
  loss.values_dropped = mended.values_dropped;
  loss.bytes_inserted = mended.bytes_inserted;
  if (loss.records_dropped > 0 || loss.values_dropped > 0) loss.lossless = false;
  return loss;
}

/// Whether all that was lost stood at the end.
bool only_tail_lost(const std::vector<DroppedRange>& dropped, std::uint64_t size) {
  std::uint64_t end = size;
  for (const DroppedRange& range : dropped | std::views::reverse) {
    if (range.lost && range.offset + range.length != end) return false;
    if (range.offset + range.length == end) end = range.offset;
  }
  return true;
}

bool within_budget(const RepairPlan& plan, LossBudget budget, std::uint64_t size) {
  switch (budget) {
    case LossBudget::none: return plan.loss.lossless;
    case LossBudget::tail: return plan.loss.lossless || only_tail_lost(plan.dropped, size);
    case LossBudget::any: return true;
  }
  return true;
}

void take_candidate(RepairPlan& plan, const Candidate& candidate, std::uint64_t primary_size) {
  plan.content = candidate.bytes;
  plan.source = candidate.name;
  plan.strategy = candidate.origin == Candidate::Origin::temporary ? "promote-temporary" : "restore-copy";
  plan.dropped.clear();
  if (primary_size > 0) plan.dropped.push_back({0, primary_size, Kind::torn_tail, false});
  plan.loss = {primary_size, 0, 0, 0, true};
}

}  // namespace

bool needs_repair(const Diagnosis& diagnosis) {
  return std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(),
                     [](const Finding& finding) { return is_textual(finding.kind); });
}

RepairPlan plan_repair(ByteView bytes, std::span<const Candidate> candidates, const RepairOptions& options) {
  RepairPlan plan;
  plan.before = diagnose(bytes, check_options(options, options.format));
  const Format format = options.format.value_or(plan.before.format);
  if (!needs_repair(plan.before)) {
    plan.status = plan.before.verdict == Verdict::damaged ? RepairStatus::beyond_text : RepairStatus::healthy;
    return plan;
  }
  Mended mended = repair::mend(bytes, format, options.layout, {options.cut_values, false});
  const repair::Choice choice = repair::choose_candidate(mended, candidates, format, options);
  if (choice.candidate != nullptr) {
    take_candidate(plan, *choice.candidate, bytes.size());
  } else if (mended.has_content) {
    plan.strategy = mended.strategy;
    plan.content = std::move(mended.content);
    plan.dropped = std::move(mended.dropped);
    plan.loss = loss_of(plan.dropped, mended);
  } else {
    plan.status = RepairStatus::unrepairable;
    plan.strategy = "quarantine";
    return plan;
  }
  plan.after = diagnose(plan.content, check_options(options, format));
  if (!is_whole(plan.content, format, plan.after)) {
    // Never put in place what the judges do not accept.
    plan.content.clear();
    plan.status = RepairStatus::unrepairable;
    plan.strategy = "quarantine";
    return plan;
  }
  plan.status = RepairStatus::repaired;
  if (options.level != Level::syntax && is_refused(plan, format)) {
    plan.status = RepairStatus::unloadable;
    plan.content.clear();
    return plan;
  }
  if (!within_budget(plan, options.accept_loss, bytes.size())) {
    plan.status = RepairStatus::over_budget;
    plan.content.clear();
  }
  return plan;
}

}  // namespace session
