#include "repair/fixes.h"

#include <algorithm>

#include "repair/accept.h"
#include "repair/header.h"
#include "repair/links.h"
#include "repair/surrogates.h"

namespace session {
namespace repair {
namespace {

bool has_equal_keys(const Diagnosis& diagnosis) {
  return std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(),
                     [](const Finding& finding) { return finding.kind == Kind::duplicate_key; });
}

void add_strategy(std::string& strategy, std::string_view more) {
  strategy.append(strategy.empty() ? "" : "+").append(more);
}

void append(std::vector<TextEdit>& all, std::vector<TextEdit> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// The edits of all that is asked for, and in `plan` what they do.
std::vector<TextEdit> collect_edits(ByteView bytes, const RepairOptions& options, Format format,
                                    InKeys in_keys, RepairPlan& plan) {
  std::vector<TextEdit> edits;
  if (options.fixes.header && options.layout != nullptr) {
    HeaderFix header = rebuild_header(bytes, format, *options.layout, options.file_stem);
    if (!header.edits.empty()) add_strategy(plan.strategy, "rebuild-header");
    append(edits, std::move(header.edits));
    plan.rebuilt = std::move(header.rebuilt);
    plan.untold = std::move(header.untold);
  }
  if (options.fixes.surrogates) {
    std::vector<TextEdit> halves = replace_lone_surrogates(bytes, format, in_keys);
    if (!halves.empty()) add_strategy(plan.strategy, "fix-surrogates");
    plan.fixed.surrogates = halves.size();
    append(edits, std::move(halves));
  }
  if (options.fixes.links && options.layout != nullptr) {
    LinkFix links = fix_links(bytes, format, *options.layout);
    if (!links.edits.empty()) add_strategy(plan.strategy, "fix-links");
    append(edits, std::move(links.edits));
    const std::uint64_t surrogates = plan.fixed.surrogates;
    plan.fixed = links.counts;
    plan.fixed.surrogates = surrogates;
    plan.loss.records_dropped = links.records_dropped;
    plan.loss.values_dropped = links.values_dropped;
  }
  return edits;
}

RepairPlan plan_with(ByteView bytes, const RepairOptions& options, const CheckOptions& check,
                     const Diagnosis& before, InKeys in_keys) {
  RepairPlan plan;
  plan.before = before;
  std::vector<TextEdit> edits = collect_edits(bytes, options, *check.format, in_keys, plan);
  plan.status = before.verdict == Verdict::damaged ? RepairStatus::beyond_text : RepairStatus::healthy;
  if (edits.empty()) return plan;
  EditedText edited = apply_edits(bytes, std::move(edits));
  plan.content = std::move(edited.content);
  plan.dropped = std::move(edited.dropped);
  plan.loss.bytes_inserted = edited.bytes_inserted;
  for (const DroppedRange& range : plan.dropped) {
    plan.loss.bytes_dropped += range.length;
    if (range.lost) plan.loss.lossless = false;
  }
  plan.after = diagnose(plan.content, check);
  plan.status = RepairStatus::repaired;
  return plan;
}

}  // namespace

void add_header(RepairPlan& plan, const RepairOptions& options, Format format) {
  if (!options.fixes.header || options.layout == nullptr) return;
  HeaderFix header = rebuild_header(plan.content, format, *options.layout, options.file_stem);
  plan.untold = std::move(header.untold);
  if (header.edits.empty()) return;
  add_strategy(plan.strategy, "rebuild-header");
  EditedText edited = apply_edits(plan.content, std::move(header.edits));
  plan.content = std::move(edited.content);
  plan.loss.bytes_inserted += edited.bytes_inserted;
  plan.rebuilt = std::move(header.rebuilt);
}

void offer_header(RepairPlan& plan, const RepairOptions& options, Format format) {
  if (options.fixes.header || options.layout == nullptr) return;
  HeaderFix header = rebuild_header(plan.content, format, *options.layout, options.file_stem);
  plan.untold = std::move(header.untold);
  for (RebuiltField& field : header.rebuilt) plan.offered.push_back(std::move(field.field));
}

}  // namespace repair

RepairPlan plan_fixes(ByteView bytes, const RepairOptions& options) {
  using namespace repair;
  CheckOptions check = check_options(options, options.format);
  if (options.fixes.links) check.level = Level::links;
  const Diagnosis before = diagnose(bytes, check);
  check.format = options.format.value_or(before.format);
  RepairPlan plan;
  plan.before = before;
  plan.status = before.verdict == Verdict::damaged ? RepairStatus::beyond_text : RepairStatus::healthy;
  if (!is_whole(bytes, *check.format, before)) return plan;
  plan = plan_with(bytes, options, check, before, InKeys::yes);
  // Two keys may differ in their halves alone: one would hide the other's value.
  if (has_equal_keys(plan.after)) {
    plan = plan_with(bytes, options, check, before, InKeys::no);
  }
  if (plan.status != RepairStatus::repaired) return plan;
  if (!is_whole(plan.content, *check.format, plan.after)) {
    // Never put in place what the judges do not accept.
    plan = {};
    plan.before = before;
    plan.status = RepairStatus::beyond_text;
    return plan;
  }
  keep_within_budget(plan, options.accept_loss, bytes.size());
  return plan;
}

}  // namespace session
