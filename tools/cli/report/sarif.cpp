// The sarif format: SARIF 2.1.0 (OASIS), one run, a rule for each kind of damage. Only files with something
// to tell appear, so that memory grows with the findings, not with the files.

#include <nlohmann/json.hpp>

#include "cli/report/formats.h"
#include "cli/report/record.h"
#include "session/kinds.h"

namespace session::cli {

namespace {

constexpr std::string_view k_schema = "https://json.schemastore.org/sarif-2.1.0.json";

std::string_view level_of(std::string_view severity) {
  if (severity == "error") return "error";
  return severity == "note" ? "note" : "warning";
}

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::note: return "note";
    case Severity::limits:
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "error";
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
    rule["defaultConfiguration"] = {{"level", level_of(row.severity)}};
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

  void item(const Json& fields, std::string_view /*text*/) override {
    const std::string path = raw_path(fields);
    if (fields.contains("error")) {
      Json notification;
      notification["level"] = "error";
      notification["message"] = text(fields["error"].value("message", ""));
      notification["locations"] = Json::array({location_of(path)});
      notifications_.push_back(std::move(notification));
      return;
    }
    for (const Json& finding : fields["findings"]) results_.push_back(result_of(path, finding));
  }

  void summary(const Json& fields, std::string_view /*text*/) override {
    with_baseline_ = fields.contains("baseline");
  }

  void finish(ExitStatus status) override {
    if ((status & k_exit_usage) != 0) return;
    if (with_baseline_) {
      for (Json& result : results_) result["baselineState"] = is_known(result) ? "unchanged" : "new";
    }
    driver_["rules"] = rules();
    Json invocation;
    invocation["arguments"] = arguments_;
    invocation["executionSuccessful"] = (status & k_exit_operation_failed) == 0;
    invocation["exitCode"] = status;
    invocation["toolExecutionNotifications"] = notifications_;
    Json run;
    run["tool"]["driver"] = driver_;
    run["invocations"] = Json::array({invocation});
    run["columnKind"] = "unicodeCodePoints";
    run["results"] = results_;
    Json log;
    log["$schema"] = k_schema;
    log["version"] = "2.1.0";
    log["runs"] = Json::array({run});
    write(to_line(log) + "\n");
  }

 private:
  static Json result_of(const std::string& path, const Json& finding) {
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
    if (finding.value("known", false)) {
      result["suppressions"] = Json::array({{{"kind", "external"}, {"status", "accepted"}}});
    }
    return result;
  }

  static bool is_known(const Json& result) { return result.contains("suppressions"); }

  Json driver_ = Json::object();
  Json arguments_ = Json::array();
  Json results_ = Json::array();
  Json notifications_ = Json::array();
  bool with_baseline_ = false;
};

}  // namespace

std::unique_ptr<Reporter> make_sarif_reporter(const Sinks& sinks) {
  return std::make_unique<SarifReporter>(sinks);
}

}  // namespace session::cli
