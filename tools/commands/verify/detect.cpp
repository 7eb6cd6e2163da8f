#include "commands/verify/detect.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/store_choice.h"
#include "session/layout_evidence.h"

namespace session::commands {

namespace {

using cli::Json;

/// Each thing that speaks for the layout, in words.
std::vector<std::string> reasons_of(const LayoutEvidence& evidence) {
  std::vector<std::string> reasons;
  if (evidence.place) reasons.emplace_back("it is where such sessions live");
  reasons.push_back(fmt::format("{} {} named as {}", evidence.named,
                                evidence.named == 1 ? "file is" : "files are",
                                evidence.telling_names ? "its sessions are" : "its sessions may be"));
  if (evidence.looked_at > 0) {
    reasons.push_back(
        fmt::format("{} of {} looked into hold what it allows", evidence.fitting, evidence.looked_at));
  }
  if (evidence.fields > 0 && evidence.fitting > 0) {
    reasons.push_back(fmt::format("{} of its {} fields are there", evidence.found, evidence.fields));
  }
  if (evidence.ambiguous) reasons.emplace_back("another layout fits as well");
  return reasons;
}

Json record_of(const LayoutEvidence& evidence) {
  Json record;
  record["layout"] = evidence.layout->name;
  record["confidence"] = name_of(evidence.confidence);
  record["place"] = evidence.place;
  record["named"] = evidence.named;
  record["looked_at"] = evidence.looked_at;
  record["fitting"] = evidence.fitting;
  record["fields_known"] = evidence.fields;
  record["fields_found"] = evidence.found;
  record["ambiguous"] = evidence.ambiguous;
  record["why"] = reasons_of(evidence);
  return record;
}

void report(cli::Reporter& reporter, const Path& path, const Detection& detection) {
  Json record;
  cli::add_path(record, path);
  const auto& candidates = detection.candidates;
  record["layout"] = candidates.empty() ? Json() : Json(candidates.front().layout->name);
  if (!candidates.empty()) record["confidence"] = name_of(candidates.front().confidence);
  record["files"] = detection.files;
  record["all_seen"] = detection.all_seen;
  record["candidates"] = Json::array();
  const std::string shown = reporter.styled(cli::Style::strong, reporter.display(path));
  std::string text;
  for (const LayoutEvidence& evidence : candidates) {
    record["candidates"].push_back(record_of(evidence));
    text += text.empty() ? fmt::format("{}: ", shown) : std::string("  or ");
    text += fmt::format("{} ({} confidence)\n", reporter.styled(cli::Style::good, evidence.layout->name),
                        name_of(evidence.confidence));
    for (const std::string& reason : reasons_of(evidence)) text += fmt::format("    {}\n", reason);
  }
  if (candidates.empty()) text = fmt::format("{}: no known layout; files seen: {}\n", shown, detection.files);
  reporter.item(record, text);
}

}  // namespace

cli::ExitStatus run_detect(cli::Context& context, const std::vector<Path>& paths) {
  cli::ExitStatus status = cli::k_exit_fine;
  std::uint64_t told = 0;
  for (const Path& path : paths) {
    const auto detection =
        detect_by_evidence(context.fs, path, cli::absolute_path(path), context.config.custom_layouts);
    if (!detection) {
      context.report.error(detection.error());
      status |= cli::k_exit_operation_failed;
      continue;
    }
    if (!detection->candidates.empty()) ++told;
    report(context.report, path, *detection);
  }
  Json totals;
  totals["paths"] = paths.size();
  totals["told"] = told;
  context.report.summary(totals, {});
  return status;
}

}  // namespace session::commands
