#include "check/report.h"

#include <algorithm>

namespace session::check {
namespace {

bool comes_before(const Finding& a, const Finding& b) {
  if (severity_of(a) != severity_of(b)) return severity_of(a) > severity_of(b);
  return a.offset < b.offset;
}

}  // namespace

void Report::reset(const CheckOptions& options) {
  lines_.reset();
  max_findings_ = options.max_findings;
  ignored_ = options.ignored;
  clear();
}

void Report::clear() {
  drop_trial();
  findings_.clear();
  counts_.fill(0);
  kept_.fill(0);
  kind_counts_.fill(0);
}

void Report::drop_from(std::uint64_t offset) {
  std::erase_if(findings_, [this, offset](const Finding& finding) {
    if (finding.offset < offset) return false;
    --counts_[static_cast<std::size_t>(severity_of(finding))];
    --kept_[static_cast<std::size_t>(severity_of(finding))];
    --kind_counts_[static_cast<std::size_t>(finding.kind)];
    return true;
  });
}

bool Report::has_room(Severity severity) const {
  if (findings_.size() < max_findings_) return true;
  const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(severity);
  return std::any_of(kept_.begin(), end, [](std::uint64_t count) { return count != 0; });
}

void Report::add(Kind kind, std::uint64_t offset, std::uint64_t length, std::string_view detail) {
  const bool wanted = on_trial_ ? trial_.size() < max_findings_ : has_room(row_of(kind).severity);
  add_at(kind, offset, wanted ? at(offset) : json::Position{}, length, detail);
}

void Report::add_at(Kind kind, std::uint64_t offset, json::Position position, std::uint64_t length,
                    std::string_view detail) {
  add({kind, offset, length, position.line, position.column, std::string(detail)});
}

void Report::add(Finding finding) {
  if (ignored_.test(static_cast<std::size_t>(finding.kind))) return;
  if (!on_trial_) {
    keep(std::move(finding));
  } else if (trial_.size() < max_findings_) {
    trial_.push_back(std::move(finding));
  }
}

void Report::accept_trial() {
  on_trial_ = false;
  for (Finding& finding : trial_) keep(std::move(finding));
  trial_.clear();
}

void Report::drop_trial() {
  on_trial_ = false;
  trial_.clear();
}

void Report::keep(Finding finding) {
  const Severity severity = severity_of(finding);
  ++counts_[static_cast<std::size_t>(severity)];
  ++kind_counts_[static_cast<std::size_t>(finding.kind)];
  if (!has_room(severity)) return;
  if (findings_.size() == max_findings_) {
    if (findings_.empty()) return;
    const auto last = std::max_element(findings_.begin(), findings_.end(), comes_before);
    --kept_[static_cast<std::size_t>(severity_of(*last))];
    findings_.erase(last);
  }
  ++kept_[static_cast<std::size_t>(severity)];
  findings_.push_back(std::move(finding));
}

void Report::finish(Diagnosis& diagnosis) {
  drop_trial();
  std::stable_sort(findings_.begin(), findings_.end(), comes_before);
  std::uint64_t made = 0;
  for (const std::uint64_t count : counts_) made += count;
  diagnosis.findings_left_out = made - findings_.size();
  for (std::size_t severity = 0; severity < counts_.size(); ++severity) {
    if (counts_[severity] != 0) diagnosis.verdict = verdict_of(static_cast<Severity>(severity));
  }
  diagnosis.findings = std::move(findings_);
  findings_.clear();
}

}  // namespace session::check
