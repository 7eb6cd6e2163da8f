// The junit format: one test case a file, as the readers of CI systems take it. A file that makes the exit
// status fail is a failure, one that could not be judged is an error, everything else passes; what was
// found in a file that passes stands in its output. How many there are stands before the cases, which are
// spooled until it is known.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/report/formats.h"
#include "cli/report/record.h"
#include "cli/signals.h"
#include "cli/spool.h"
#include "cli/utf8.h"
#include "session/path.h"

namespace session::cli {

namespace {

/// Characters that XML 1.0 cannot hold, and bytes that are no UTF-8, become U+FFFD.
enum class Within : bool { text, attribute };

std::string escape_xml(std::string_view text, Within within = Within::attribute) {
  std::string escaped;
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    const bool allowed = character.valid &&
                         (character.value >= 0x20 || character.value == '\t' || character.value == '\n' ||
                          character.value == '\r') &&
                         character.value != 0xfffe && character.value != 0xffff;
    switch (allowed ? character.value : U'\xfffd') {
      case U'&': escaped += "&amp;"; break;
      case U'<': escaped += "&lt;"; break;
      case U'>': escaped += "&gt;"; break;
      case U'"': escaped += "&quot;"; break;
      case U'\n': escaped += within == Within::attribute ? "&#10;" : "\n"; break;
      case U'\r': escaped += "&#13;"; break;
      case U'\t': escaped += "&#9;"; break;
      default: escaped += allowed ? text.substr(0, character.length) : "\xef\xbf\xbd";
    }
    text.remove_prefix(character.length);
  }
  return escaped;
}

std::string lines_of(const Json& findings) {
  std::string lines;
  for (const Json& finding : findings) {
    if (finding.contains("line")) {
      lines += fmt::format("{}:{}: ", finding.value("line", 0ULL), finding.value("column", 0ULL));
    }
    lines += fmt::format("{}: {}: {}", finding.value("severity", ""), finding.value("kind", ""),
                         finding.value("message", ""));
    if (finding.contains("offset")) lines += fmt::format(" (byte {})", finding.value("offset", 0ULL));
    lines += finding.value("known", false) ? " [known]\n" : "\n";
  }
  return lines;
}

class JunitReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  void begin(const Json& fields) override { suite_ = fields.value("tool", ""); }

  void item(const Json& fields, std::string_view /*text*/) override {
    const std::string path = raw_path(fields);
    const Path parent = split_path(path).parent;
    const std::string folder = parent.empty() ? "." : parent;
    std::string body;
    if (fields.value("verdict", "") == "unreadable") {
      ++errors_;
      const std::string reason = fields["error"].value("message", "");
      body = fmt::format("<error type=\"unreadable\" message=\"{}\"/>", escape_xml(reason));
    } else if (fields.value("fails", false)) {
      ++failures_;
      const Json& worst = fields["findings"].front();
      body = fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", worst.value("kind", ""),
                         escape_xml(worst.value("message", "")),
                         escape_xml(lines_of(fields["findings"]), Within::text));
    } else if (!fields["findings"].empty()) {
      body =
          fmt::format("<system-out>{}</system-out>", escape_xml(lines_of(fields["findings"]), Within::text));
    }
    add_case(folder, path, body);
  }

  void summary(const Json& /*fields*/, std::string_view /*text*/) override {}

  void finish(ExitStatus status) override {
    if ((status & k_exit_usage) != 0) return;
    if (const auto signal = deadly_signal()) add_interruption(*signal);
    const std::string counts =
        fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\"", tests_, failures_, errors_);
    write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write(fmt::format("<testsuites {}>\n  <testsuite name=\"{}\" {} skipped=\"0\">\n", counts,
                      escape_xml(suite_), counts));
    replay(cases_);
    write("  </testsuite>\n</testsuites>\n");
  }

 private:
  /// `body` is markup.
  void add_case(std::string_view folder, std::string_view name, std::string_view body) {
    ++tests_;
    cases_.add(fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\">{}</testcase>\n",
                           escape_xml(folder), escape_xml(name), body));
  }

  /// The form has no word for a run that did not come to its end: a case that is no file says so.
  void add_interruption(int signal) {
    ++errors_;
    add_case(
        suite_, "interrupted",
        fmt::format("<error type=\"interrupted\" message=\"ended by signal {}: files that are missing here "
                    "were not looked at\"/>",
                    signal));
  }

  std::string suite_;
  Spool cases_{sinks().temporary_directory};
  std::uint64_t tests_ = 0, failures_ = 0, errors_ = 0;
};

}  // namespace

std::unique_ptr<Reporter> make_junit_reporter(const Sinks& sinks) {
  return std::make_unique<JunitReporter>(sinks);
}

}  // namespace session::cli
