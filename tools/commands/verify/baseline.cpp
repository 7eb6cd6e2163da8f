#include "commands/verify/baseline.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "cli/store_choice.h"
#include "commands/verify/report.h"
#include "session/content_hash.h"

namespace session::commands {

namespace {

using cli::UsageProblem;

/// Paths of a baseline and of answers meet from the root.
Path directory_of(const Path& file) {
  return std::filesystem::path(cli::absolute_path(file)).parent_path().string();
}

Path beside(const Path& directory, const Path& path) {
  return std::filesystem::path(cli::absolute_path(path)).lexically_relative(directory).string();
}

/// Whether findings at all matter for a baseline: notes never fail anything.
bool matters(const Finding& finding) { return severity_of(finding) != Severity::note; }

/// As the file has it: a finding about the file as such stands nowhere.
BaselineFinding finding_for_baseline(const Finding& finding) {
  BaselineFinding entry{std::string(id_of(finding.kind)), {}, {}, message_of(finding)};
  if (has_position(finding.kind)) {
    entry.offset = finding.offset;
    entry.length = finding.length;
  }
  return entry;
}

UsageProblem unusable(const Path& file, const std::string& why) {
  return {"--baseline " + file + ": " + why, "session-verify --write-baseline FILE makes one"};
}

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number;
}

}  // namespace

VerifyBaseline::Key VerifyBaseline::key_of(const Path& path, const BaselineFinding& finding) {
  std::string text = path;
  for (const std::string& part : {finding.kind, std::to_string(finding.offset.value_or(0)),
                                  std::to_string(finding.length.value_or(0)), finding.message}) {
    text += '\0';  // stands in no path
    text += part;
  }
  std::string_view digits(text = content_hash(text));
  digits.remove_prefix(digits.find(':') + 1);
  return {number_of(digits.substr(0, 16)), number_of(digits.substr(16, 16))};
}

Result<VerifyBaseline, UsageProblem> VerifyBaseline::read(Fs& fs, const Path& file) {
  Result<cli::Input> input = cli::Input::open(fs, file);
  if (!input) return Unexpected{unusable(file, describe(input.error()))};
  const Path directory = directory_of(input->is_stream() ? Path(cli::k_standard_input) : file);
  VerifyBaseline baseline;
  const auto take = [&](const BaselineEntry& entry) {
    const Path path = cli::absolute_path(join_path(directory, entry.path));
    for (const BaselineFinding& finding : entry.findings) baseline.keys_.push_back(key_of(path, finding));
  };
  if (const auto whole = read_baseline_file(*input, take); !whole) {
    return Unexpected{unusable(file, whole.error())};
  }
  std::sort(baseline.keys_.begin(), baseline.keys_.end());
  baseline.used_of_first_.resize(baseline.keys_.size());
  return baseline;
}

std::vector<bool> VerifyBaseline::match(const VerifyAnswer& answer) {
  const std::vector<Finding>& findings = answer.inspection.diagnosis.findings;
  if (findings.empty()) return {};
  std::vector<bool> known(findings.size());
  const Path path = cli::absolute_path(answer.source.path());
  for (std::size_t index = 0; index < findings.size(); ++index) {
    const auto equal =
        std::equal_range(keys_.begin(), keys_.end(), key_of(path, finding_for_baseline(findings[index])));
    if (equal.first == equal.second) continue;
    std::uint32_t& used = used_of_first_[static_cast<std::size_t>(equal.first - keys_.begin())];
    if (used == equal.second - equal.first) continue;
    ++used;
    ++used_;
    known[index] = true;
  }
  return known;
}

void BaselineWriter::add(const VerifyAnswer& answer) {
  BaselineEntry entry;
  for (const Finding& finding : answer.inspection.diagnosis.findings) {
    if (matters(finding)) entry.findings.push_back(finding_for_baseline(finding));
  }
  if (entry.findings.empty()) return;
  entry.path = beside(directory_of(file_), answer.source.path());
  entries_.add(entry);
}

}  // namespace session::commands
