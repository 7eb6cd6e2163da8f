#include "quality/run.h"

#include <algorithm>
#include <cstdio>

#include "quality/owner.h"
#include "quality/survivors.h"
#include "session/repair.h"

namespace quality {
namespace {

constexpr std::size_t k_worst = 200;
constexpr double FamilyResult::*k_means[] = {&FamilyResult::precision, &FamilyResult::recall,
                                             &FamilyResult::f, &FamilyResult::landed,
                                             &FamilyResult::accepted};
constexpr std::size_t FamilyResult::*k_counts[] = {&FamilyResult::cases, &FamilyResult::refused,
                                                   &FamilyResult::invalid, &FamilyResult::of_layout,
                                                   &FamilyResult::loaded};

void count(FamilyResult& family, const Case& c, bool valid, bool refused) {
  ++family.cases;
  family.precision += c.score.precision;
  family.recall += c.score.recall;
  family.f += c.score.f();
  if (!refused) family.landed += c.score.f();
  if (!refused && c.accepted) family.accepted += c.score.f();
  if (c.family->ends_early) {
    family.usable = family.usable.value_or(0) + c.usable_f;
    family.unusable += c.unusable ? 1 : 0;
  }
  if (!valid) ++family.invalid;
  if (refused) ++family.refused;
  const session::Layout* layout = session::find_layout(c.document->layout);
  if (layout != nullptr && layout->format == session::Format::json && !c.result.empty() && !refused) {
    ++family.of_layout;
    family.loaded += c.loads ? 1 : 0;
  }
}

void judge(Case& c, const Reading& truth, const Reading& result) {
  std::vector<nlohmann::json> surviving = surviving_values(*c.document, c.damaged);
  const Reading all = leaves_of(surviving);
  c.score = score(truth.leaves, all, result);
  c.loads = loads(*c.document, c.result);
  c.accepted = c.result.empty() || accepts(*c.document, c.result);
  if (!c.family->ends_early) return;
  const Reading usable = leaves_of(usable_values(*c.document, std::move(surviving)));
  c.usable_f = score(truth.leaves, usable, result).f();
  c.unusable = usable.count < all.count;
}

void sort_worst_first(std::vector<Case>& cases) {
  std::stable_sort(cases.begin(), cases.end(),
                   [](const Case& a, const Case& b) { return a.score.f() < b.score.f(); });
}

/// Lets the list grow to twice what is wanted, so that not every case has it sorted.
void keep_if_bad(std::vector<Case>& worst, Case&& c) {
  worst.push_back(std::move(c));
  if (worst.size() < 2 * k_worst) return;
  sort_worst_first(worst);
  worst.resize(k_worst);
}

/// Turns the sums of each family into means, and takes the mean of these.
void take_means(Results& results) {
  FamilyResult& mean = results.mean;
  for (auto& [name, family] : results.families) {
    const auto cases = static_cast<double>(std::max<std::size_t>(family.cases, 1));
    for (double FamilyResult::*const figure : k_means) {
      family.*figure /= cases;
      mean.*figure += family.*figure;
    }
    if (family.usable) *family.usable /= cases;
    for (std::size_t FamilyResult::*const number : k_counts) mean.*number += family.*number;
  }
  const auto families = static_cast<double>(std::max<std::size_t>(results.families.size(), 1));
  for (double FamilyResult::*const figure : k_means) mean.*figure /= families;
}

}  // namespace

Repaired repair_ours(const Case& c) {
  session::RepairOptions options;
  options.layout = session::find_layout(c.document->layout);
  options.format = c.document->format;
  options.file_stem = c.document->file_stem;
  session::RepairPlan plan = session::plan_repair(c.damaged.text, {}, options);
  const bool refused = plan.status == session::RepairStatus::unloadable;
  if (refused) {
    options.level = session::Level::syntax;
    plan = session::plan_repair(c.damaged.text, {}, options);
  }
  const bool untouched = !session::needs_repair(plan.before);
  return {untouched ? c.damaged.text : std::move(plan.content), refused};
}

Results run(const Selection& selection, const Repairer& repairer) {
  Results results;
  for (Document& document : make_documents(selection.seed, selection.set))
    results.documents.push_back(std::move(document));
  for (const Family& family : families()) {
    if (!selection.family.empty() && selection.family != family.name) continue;
    FamilyResult& result = results.families[std::string(family.name)];
    for (const Document& document : results.documents) {
      if (document.name.find(selection.document) == std::string::npos) continue;
      if (document.format == session::Format::json ? !family.for_json : !family.for_json_lines) continue;
      const Reading truth = read_leaves(document.text, document.format);
      for (std::size_t step = 0; step < selection.steps; ++step) {
        Case c{&document, &family, step, family.apply(document, step, selection.steps)};
        if (c.damaged.text.empty()) continue;
        Repaired repaired = repairer(c);
        c.result = std::move(repaired.text);
        const Reading reading = c.result.empty() ? Reading{} : read_leaves(c.result, document.format);
        judge(c, truth, reading);
        count(result, c, reading.valid, repaired.refused);
        keep_if_bad(results.worst, std::move(c));
      }
    }
  }
  sort_worst_first(results.worst);
  if (results.worst.size() > k_worst) results.worst.resize(k_worst);
  take_means(results);
  return results;
}

std::string table(const Results& results) {
  std::string text =
      "family              cases  precision  recall      F  landed  accepted  usable  unusable  "
      "invalid  refused  loads\n";
  const auto row = [&](const std::string& name, const FamilyResult& family) {
    char usable[8] = "-";
    if (family.usable) std::snprintf(usable, sizeof usable, "%.3f", *family.usable);
    char line[160];
    std::snprintf(line, sizeof line,
                  "%-18s %6zu      %.3f   %.3f  %.3f   %.3f     %.3f  %6s  %8zu  %7zu  %7zu  %zu/%zu\n",
                  name.c_str(), family.cases, family.precision, family.recall, family.f, family.landed,
                  family.accepted, usable, family.unusable, family.invalid, family.refused, family.loaded,
                  family.of_layout);
    text += line;
  };
  for (const auto& [name, family] : results.families) row(name, family);
  row("mean of families", results.mean);
  return text;
}

}  // namespace quality
