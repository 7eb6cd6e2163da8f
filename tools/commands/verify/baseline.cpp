#include "commands/verify/baseline.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/input.h"
#include "cli/report/record.h"
#include "cli/store_choice.h"
#include "commands/verify/report.h"
#include "session/execute.h"

namespace session::commands {

namespace {

using cli::Json;
using cli::UsageProblem;

constexpr int k_baseline_version = 1;

/// Paths of a baseline and of answers meet from the root.
Path directory_of(const Path& file) {
  return std::filesystem::path(cli::absolute_path(file)).parent_path().string();
}

Path beside(const Path& directory, const Path& path) {
  return std::filesystem::path(cli::absolute_path(path)).lexically_relative(directory).string();
}

/// Whether findings at all matter for a baseline: notes never fail anything.
bool matters(const Finding& finding) { return severity_of(finding) != Severity::note; }

UsageProblem unusable(const Path& file, const std::string& why) {
  return {"--baseline " + file + ": " + why, "session-verify --write-baseline FILE makes one"};
}

}  // namespace

Result<VerifyBaseline, UsageProblem> VerifyBaseline::read(Fs& fs, const Path& file) {
  const Result<Bytes> content = cli::read_input(fs, file);
  if (!content) return Unexpected{unusable(file, describe(content.error()))};
  const Json json = Json::parse(*content, nullptr, false);
  if (!json.is_object() || json.value("baseline", 0) != k_baseline_version || !json.contains("files") ||
      !json["files"].is_array()) {
    return Unexpected{unusable(file, "not a baseline of version 1")};
  }
  const Path directory = directory_of(file);
  VerifyBaseline baseline;
  try {
    for (const Json& entry : json["files"]) {
      const Path path = cli::absolute_path(join_path(directory, cli::raw_path(entry)));
      for (const Json& finding : entry.at("findings")) {
        ++baseline.entries_[{path, finding.at("kind").get<std::string>(), finding.value("offset", 0ULL),
                             finding.value("length", 0ULL), finding.value("message", "")}];
      }
    }
  } catch (const Json::exception&) {
    return Unexpected{unusable(file, "an entry does not have the form of one")};
  }
  return baseline;
}

std::vector<bool> VerifyBaseline::match(const VerifyAnswer& answer) {
  const std::vector<Finding>& findings = answer.inspection.diagnosis.findings;
  if (findings.empty()) return {};
  std::vector<bool> known(findings.size());
  const Path path = cli::absolute_path(answer.source.path());
  for (std::size_t index = 0; index < findings.size(); ++index) {
    const Finding& finding = findings[index];
    const auto entry = entries_.find(
        {path, std::string(id_of(finding.kind)), finding.offset, finding.length, message_of(finding)});
    if (entry == entries_.end() || entry->second == 0) continue;
    --entry->second;
    known[index] = true;
  }
  return known;
}

std::uint64_t VerifyBaseline::unused() const {
  std::uint64_t count = 0;
  for (const auto& [key, left] : entries_) count += left;
  return count;
}

BaselineWriter::BaselineWriter(Path file)
    : file_(std::move(file)), files_(std::make_unique<Json>(Json::array())) {}
BaselineWriter::~BaselineWriter() = default;
BaselineWriter::BaselineWriter(BaselineWriter&&) noexcept = default;
BaselineWriter& BaselineWriter::operator=(BaselineWriter&&) noexcept = default;

void BaselineWriter::add(const VerifyAnswer& answer) {
  Json findings = Json::array();
  for (const Finding& finding : answer.inspection.diagnosis.findings) {
    if (!matters(finding)) continue;
    Json record;
    record["kind"] = id_of(finding.kind);
    if (has_position(finding.kind)) {
      record["offset"] = finding.offset;
      record["length"] = finding.length;
    }
    record["message"] = message_of(finding);
    findings.push_back(std::move(record));
  }
  if (findings.empty()) return;
  Json entry;
  cli::add_path(entry, beside(directory_of(file_), answer.source.path()));
  entry["findings"] = std::move(findings);
  files_->push_back(std::move(entry));
}

Result<void> BaselineWriter::write(Fs& fs) const {
  Json whole;
  whole["baseline"] = k_baseline_version;
  whole["files"] = *files_;
  WriteOptions options;
  options.new_file_mode = 0644;  // under version control, with the fixtures it is about
  options.durability = Durability::none;
  Bytes text = whole.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  const Result<Place> place = open_parent_resolved(fs, file_);
  if (!place) return Unexpected{place.error()};
  const Result<Outcome> outcome =
      execute(fs, place->dir, ReplaceStep{place->name, share(std::move(text)), options});
  if (!outcome) return Unexpected{outcome.error()};
  return {};
}

}  // namespace session::commands
