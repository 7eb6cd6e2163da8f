#include "repair/accept.h"
#include "repair/beside.h"
#include "repair/fixes.h"
#include "repair/mend/mend.h"
#include "repair/merge.h"
#include "repair/other_format.h"
#include "repair/versions.h"
#include "session/repair.h"

namespace session {
namespace {

using repair::check_options;
using repair::is_whole;
using repair::Mended;

Loss loss_of(const std::vector<DroppedRange>& dropped, const Mended& mended) {
  Loss loss;
  for (const DroppedRange& range : dropped) {
    loss.bytes_dropped += range.length;
    if (range.lost) loss.lossless = false;
  }
  loss.records_dropped = mended.records_dropped;
  loss.values_dropped = mended.values_dropped;
  loss.bytes_inserted = mended.bytes_inserted;
  if (loss.records_dropped > 0 || loss.values_dropped > 0 || mended.part_missing) loss.lossless = false;
  return loss;
}

/// Nothing is left that may take the file's place: none of it is the session any more.
void give_up(RepairPlan& plan, std::uint64_t size) {
  plan.status = RepairStatus::unrepairable;
  plan.strategy = "quarantine";
  plan.content.clear();
  plan.dropped.clear();
  if (size > 0) plan.dropped.push_back({0, size, Kind::not_json, true});
  plan.loss = {};
  plan.loss.bytes_dropped = size;
  plan.loss.lossless = false;
}

void take_candidate(RepairPlan& plan, const Candidate& candidate, Bytes content, std::uint64_t primary_size) {
  plan.content = std::move(content);
  plan.source = candidate.name;
  plan.strategy = candidate.origin == Candidate::Origin::temporary ? "promote-temporary" : "restore-copy";
  plan.dropped.clear();
  if (primary_size > 0) plan.dropped.push_back({0, primary_size, Kind::torn_tail, false});
  plan.loss = {primary_size, 0, 0, 0, true};
}

/// Takes from every version that the user gave what the content lacks; from a damaged one what can be read of
/// it.
void merge_given(RepairPlan& plan, const Candidate* whole, std::span<const Candidate> candidates,
                 Format format, const RepairOptions& options) {
  for (const Candidate& candidate : candidates) {
    if (candidate.origin != Candidate::Origin::given || &candidate == whole) continue;
    Bytes theirs = candidate.read();
    if (theirs.empty()) continue;
    if (!parses_strictly(theirs, format)) {
      theirs = repair::mend(theirs, format, options.layout, {.cut_values = options.cut_values}).content;
    }
    repair::Merged merged = repair::merge_version(plan.content, theirs, format, options.layout);
    plan.given.push_back({candidate.name, merged.records_taken, std::move(merged.refused)});
    if (merged.content.empty()) continue;
    plan.loss.bytes_taken += merged.content.size() - plan.content.size();
    plan.content = std::move(merged.content);
    if (!plan.strategy.ends_with("+merge-copy")) plan.strategy += "+merge-copy";
  }
}

}  // namespace

RepairPlan plan_repair(ByteView bytes, std::span<const Candidate> candidates, const RepairOptions& options) {
  RepairPlan plan;
  const auto mended_as = [&](Format format) {
    return repair::mend(bytes, format, options.layout, {.cut_values = options.cut_values});
  };
  // What will surely be found damaged is mended meanwhile.
  repair::Beside<Mended> ahead;
  if (options.known == nullptr && options.format && seems_damaged(bytes, bytes)) {
    ahead = {bytes.size(), [&] { return mended_as(*options.format); }};
  }
  plan.before =
      options.known != nullptr ? *options.known : diagnose(bytes, check_options(options, options.format));
  const Format format = options.format.value_or(plan.before.format);
  if (!needs_repair(plan.before) || is_whole(bytes, format, plan.before)) {
    plan.status = plan.before.verdict == Verdict::damaged ? RepairStatus::beyond_text : RepairStatus::healthy;
    return plan;
  }
  if (const Format other = repair::format_of_content(bytes, format, options.layout); other != format) {
    plan.status = RepairStatus::beyond_text;
    plan.other_format = other;
    return plan;
  }
  Mended mended = ahead.is_there() ? ahead.get() : mended_as(format);
  repair::Choice choice = repair::choose_candidate(mended, candidates, format, options);
  if (choice.candidate != nullptr) {
    take_candidate(plan, *choice.candidate, std::move(choice.content), bytes.size());
  } else if (mended.has_content) {
    plan.strategy = mended.strategy;
    plan.content = std::move(mended.content);
    plan.dropped = std::move(mended.dropped);
    plan.loss = loss_of(plan.dropped, mended);
    plan.headless = mended.headless;
  } else {
    give_up(plan, bytes.size());
    return plan;
  }
  merge_given(plan, choice.candidate, candidates, format, options);
  repair::add_header(plan, options, format);
  // Never put in place what the judges do not accept.
  if (!repair::judge_by_both(plan, format, options, bytes.size())) {
    give_up(plan, bytes.size());
    return plan;
  }
  if (plan.after.verdict == Verdict::damaged) repair::offer_header(plan, options, format);
  if (plan.status != RepairStatus::repaired) plan.content.clear();
  return plan;
}

}  // namespace session
