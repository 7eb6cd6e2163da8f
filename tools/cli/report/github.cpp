// The github format: workflow commands, which GitHub Actions shows as annotations at the lines concerned.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/report/formats.h"
#include "cli/report/record.h"
#include "cli/terminal.h"
#include "cli/utf8.h"

namespace session::cli {

namespace {

enum class Part : bool { property, message };

/// What the runner reads back as it was goes as it takes it; what a log cannot hold (bytes that are no UTF-8,
/// other control characters, marks that turn a line around) is shown as on a terminal.
std::string escape_command(std::string_view text, Part part) {
  std::string escaped;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, first_character(text).length);
    const char c = character.front();
    const bool separator = part == Part::property && (c == ':' || c == ',');
    if (c == '%' || c == '\r' || c == '\n' || separator) {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      escaped += escape_for_terminal(character);
    }
    text.remove_prefix(character.size());
  }
  return escaped;
}

std::string_view command_for(std::string_view severity) {
  if (severity == "error") return "error";
  return severity == "note" ? "notice" : "warning";
}

class GithubReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  void item(const Json& fields, std::string_view /*text*/) override {
    const std::string path = escape_command(raw_path(fields), Part::property);
    if (fields.contains("error")) {
      const std::string reason = fields["error"].value("message", "");
      write(
          fmt::format("::error file={},title=unreadable::{}\n", path, escape_command(reason, Part::message)));
      return;
    }
    for (const Json& finding : fields["findings"]) {
      if (!finding.value("known", false)) annotate(path, finding);
    }
  }

  void summary(const Json& /*fields*/, std::string_view text) override {
    // The runner takes every line that begins with "::" for a command; none of ours does.
    write(text);
  }

 private:
  void annotate(const std::string& path, const Json& finding) {
    std::string place = "file=" + path;
    std::string at;
    if (finding.contains("line")) {
      place += fmt::format(",line={},col={}", finding.value("line", 0ULL), finding.value("column", 0ULL));
      at = fmt::format(" (byte {})", finding.value("offset", 0ULL));
    }
    write(fmt::format("::{} {},title={}::{}{}\n", command_for(finding.value("severity", "")), place,
                      escape_command(finding.value("kind", ""), Part::property),
                      escape_command(finding.value("message", ""), Part::message), at));
  }
};

}  // namespace

std::unique_ptr<Reporter> make_github_reporter(const Sinks& sinks) {
  return std::make_unique<GithubReporter>(sinks);
}

}  // namespace session::cli
