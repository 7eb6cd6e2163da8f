// The sarif format: SARIF 2.1.0 (OASIS), one run, a rule for each kind of damage. Only files with something
// to tell appear. Results are written as they come, so that memory does not grow with their number; what is
// known at the end only follows behind them.

#include <nlohmann/json.hpp>
#include <utility>

#include "cli/report/formats.h"
#include "cli/report/record.h"
#include "cli/signals.h"
#include "cli/spool.h"
#include "session/kinds.h"

namespace session::cli {

namespace {

constexpr std::string_view k_schema = "https://json.schemastore.org/sarif-2.1.0.json";

/// Of the words that name_of(Severity) has.
std::string_view level_of(std::string_view severity) {
  if (severity == "error") return "error";
  return severity == "note" ? "note" : "warning";
}

Json text(std::string_view words) { return {{"text", words}}; }

/// Neither the driver nor the rules have a URI of their own (informationUri, helpUri): they must be absolute,
/// and where a copy of this project lives is not for us to say. What they would lead to is told in words.
Json rules() {
  Json rules = Json::array();
  for (const KindRow& row : kinds()) {
    Json rule;
    rule["id"] = row.id;
    rule["shortDescription"] = text(row.summary);
    rule["fullDescription"] = text(row.explanation);
    rule["help"] =
        text("What session-repair can do: " + std::string(row.repair) + ". session-verify --explain " +
             std::string(row.id) + " tells more, and docs/damage-kinds.md of session-toolkit has all kinds.");
    rule["defaultConfiguration"] = {{"level", level_of(name_of(row.severity))}};
    rules.push_back(std::move(rule));
  }
  return rules;
}

Json location_of(std::string_view path) {
  Json location;
  location["physicalLocation"]["artifactLocation"]["uri"] = to_uri(path);
  return location;
}

class SarifReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  void begin(const Json& fields) override {
    driver_["name"] = fields.value("tool", "");
    driver_["version"] = fields.value("version", "");
    arguments_ = fields.value("args", Json::array());
  }

  void compare_with_baseline() override { with_baseline_ = true; }

  void item(const Json& fields, std::string_view /*text*/) override {
    const std::string path = raw_path(fields);
    if (fields.contains("error")) {
      Json notification;
      notification["level"] = "error";
      notification["message"] = text(fields["error"].value("message", ""));
      notification["locations"] = Json::array({location_of(path)});
      notifications_.add(std::exchange(first_notification_, false) ? "\n" : ",\n");
      notifications_.add(to_line(notification));
      return;
    }
    for (const Json& finding : fields["findings"]) {
      write_head();
      write(std::exchange(first_result_, false) ? "\n" : ",\n");
      write(to_line(result_of(path, finding)));
    }
  }

  void summary(const Json& /*fields*/, std::string_view /*text*/) override {}

  void finish(ExitStatus status) override {
    if ((status & k_exit_usage) != 0 && !head_written_) return;
    write_head();
    Json invocation;
    invocation["arguments"] = arguments_;
    const std::optional<int> signal = deadly_signal();
    invocation["executionSuccessful"] = (status & k_exit_operation_failed) == 0 && !signal;
    if (signal) {
      invocation["exitSignalNumber"] = *signal;
    } else {
      invocation["exitCode"] = status;
    }
    write("\n],\"invocations\":[" + left_open(invocation) + ",\"toolExecutionNotifications\":[");
    replay(notifications_);
    write("]}]}]}\n");
  }

 private:
  void write_head() {
    if (std::exchange(head_written_, true)) return;
    driver_["rules"] = rules();
    Json log;
    log["$schema"] = k_schema;
    log["version"] = "2.1.0";
    Json run;
    run["tool"]["driver"] = driver_;
    run["columnKind"] = "unicodeCodePoints";
    write(left_open(log) + ",\"runs\":[" + left_open(run) + ",\"results\":[");
  }

  [[nodiscard]] Json result_of(const std::string& path, const Json& finding) const {
    Json result;
    const std::string kind = finding.value("kind", "");
    result["ruleId"] = kind;
    if (const auto known = find_kind(kind)) result["ruleIndex"] = static_cast<std::size_t>(*known);
    result["level"] = level_of(finding.value("severity", ""));
    result["message"] = text(finding.value("message", ""));
    Json location = location_of(path);
    if (finding.contains("line")) {
      Json& region = location["physicalLocation"]["region"];
      region["startLine"] = finding["line"];
      region["startColumn"] = finding["column"];
      region["byteOffset"] = finding["offset"];
      region["byteLength"] = finding["length"];
    }
    result["locations"] = Json::array({location});
    // Something that a reviewed baseline accepts is not shown as open.
    const bool known = finding.value("known", false);
    if (known) result["suppressions"] = Json::array({{{"kind", "external"}, {"status", "accepted"}}});
    if (with_baseline_) result["baselineState"] = known ? "unchanged" : "new";
    return result;
  }

  Json driver_ = Json::object();
  Json arguments_ = Json::array();
  Spool notifications_{sinks().temporary_directory};
  bool with_baseline_ = false;
  bool head_written_ = false;
  bool first_result_ = true;
  bool first_notification_ = true;
};

}  // namespace

std::unique_ptr<Reporter> make_sarif_reporter(const Sinks& sinks) {
  return std::make_unique<SarifReporter>(sinks);
}

}  // namespace session::cli
