#include "repair/accept.h"

#include <algorithm>

#include "repair/beside.h"
#include "session/members.h"

namespace session {
namespace {

/// Whether the kind is about the text, not about what its values say. A missing last newline and empty
/// lines are about the text too, but every reader takes them.
bool is_textual(Kind kind) {
  return kind <= Kind::bad_syntax && kind != Kind::missing_newline && kind != Kind::blank_line;
}

/// Whether all that was lost stood at the end.
bool only_tail_lost(const std::vector<DroppedRange>& dropped, std::uint64_t size) {
  std::uint64_t end = size;
  for (std::size_t i = dropped.size(); i-- > 0;) {
    const DroppedRange& range = dropped[i];
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

/// Whether the owner would refuse what is left of it, as far as its layout tells.
/// A reader of records skips those it cannot use, unless it is the first that tells it what the others are.
/// What lost nothing is no worse than it was, unless its end is missing: a cut between two members leaves
/// nothing to drop, and yet half a document.
bool is_refused(const RepairPlan& plan, Format format) {
  const auto has = [](const Diagnosis& diagnosis, Kind kind) {
    return std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(),
                       [kind](const Finding& finding) { return finding.kind == kind; });
  };
  // A header may have become NULs, of which nobody knows what they were.
  if (format != Format::json)
    return has(plan.after, Kind::headless) && (!plan.loss.lossless || has(plan.before, Kind::nul_prefix));
  if (plan.after.verdict != Verdict::damaged) return false;
  return has(plan.before, Kind::torn_tail) || !plan.loss.lossless;
}

/// Whether nothing is left in a document that its layout knows: nobody is served by that.
bool is_husk(ByteView document, const Layout& layout) {
  const Result<Outline> root = outline_of(document);
  if (!root || root->members.empty()) return true;
  const bool is_object = root->type == ValueType::object;
  return std::none_of(layout.fields.begin(), layout.fields.end(), [&](const FieldRule& rule) {
    if (rule.path.empty()) return !is_object && (rule.types & k_array) != 0;
    const std::string_view key = std::string_view(rule.path).substr(1);
    return is_object && (key.front() == '*' || find_member(*root, key.substr(0, key.find('/'))) != nullptr);
  });
}

bool takes_place(const RepairPlan& plan, Format format, const RepairOptions& options) {
  if (options.level == Level::syntax || !is_refused(plan, format)) return true;
  if (options.level || plan.headless) return false;
  return format == Format::json_lines || options.layout == nullptr || !is_husk(plan.content, *options.layout);
}

}  // namespace

bool needs_repair(const Diagnosis& diagnosis) {
  return std::any_of(diagnosis.findings.begin(), diagnosis.findings.end(),
                     [](const Finding& finding) { return is_textual(finding.kind); });
}

bool seems_damaged(ByteView begin, ByteView end) {
  constexpr ByteView k_blanks = " \t\r\n";
  const std::size_t first = begin.find_first_not_of(k_blanks);
  if (first != ByteView::npos && begin[first] != '{' && begin[first] != '[') return true;
  const std::size_t last = end.find_last_not_of(k_blanks);
  return last != ByteView::npos && end[last] != '}' && end[last] != ']';
}

namespace repair {

CheckOptions check_options(const RepairOptions& options, std::optional<Format> format) {
  CheckOptions check;
  check.level = Level::layout;
  check.format = format;
  check.layout = options.layout;
  check.file_stem = options.file_stem;
  return check;
}

bool is_accepted(const Diagnosis& diagnosis) {
  return std::none_of(diagnosis.findings.begin(), diagnosis.findings.end(), [](const Finding& finding) {
    return is_textual(finding.kind) && finding.kind != Kind::headless;
  });
}

bool is_whole(ByteView bytes, Format format, const Diagnosis& diagnosis) {
  return is_accepted(diagnosis) && parses_strictly(bytes, format);
}

bool judge_by_both(RepairPlan& plan, Format format, const RepairOptions& options, std::uint64_t size) {
  Beside<bool> parses(plan.content.size(), [&] { return parses_strictly(plan.content, format); });
  plan.after = diagnose(plan.content, check_options(options, format));
  if (!is_accepted(plan.after)) return false;
  plan.status = RepairStatus::repaired;
  if (!takes_place(plan, format, options)) {
    plan.status = RepairStatus::unloadable;
  } else if (!within_budget(plan, options.accept_loss, size)) {
    plan.status = RepairStatus::over_budget;
  } else if (options.meanwhile) {
    options.meanwhile(plan.content);
  }
  return parses.get();
}

void keep_within_budget(RepairPlan& plan, LossBudget budget, std::uint64_t size) {
  if (within_budget(plan, budget, size)) return;
  plan.status = RepairStatus::over_budget;
  plan.content.clear();
}

}  // namespace repair
}  // namespace session
