// Tables of the documentation, held against the code they describe.

#include <doctest/doctest.h>

#include <filesystem>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/report.h"
#include "session/error.h"
#include "session/layout.h"
#include "session/retention.h"
#include "support/source_file.h"
#include "support/temp_dir.h"

using namespace session;
namespace fs = std::filesystem;

namespace {

std::string doc(const std::string& name) {
  const std::string text = test::read_file(test::source_file("docs/") + name);
  REQUIRE_FALSE(text.empty());
  return text;
}

/// `text` without what stands between fences.
std::string without_code(const std::string& text) {
  std::string prose;
  bool is_code = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) is_code = !is_code;
    if (!is_code) prose += line + "\n";
  }
  return prose;
}

/// How many rows of two columns, the first in backquotes, follow the header.
std::size_t rows_after(const std::string& text, const std::string& header) {
  std::size_t at = text.find(header);
  REQUIRE(at != std::string::npos);
  at = text.find('\n', text.find('\n', at) + 1) + 1;
  std::size_t rows = 0;
  for (; text.compare(at, 1, "|") == 0; at = text.find('\n', at) + 1) ++rows;
  return rows;
}

}  // namespace

TEST_CASE("docs/exit-codes.md has every bit with its words, and no other") {
  const std::string text = doc("exit-codes.md");
  for (const cli::ExitRow& row : cli::exit_rows()) {
    const std::string wanted = "| " + std::to_string(row.bit) + " | " + std::string{row.meaning} + " |\n";
    CHECK_MESSAGE(text.find(wanted) != std::string::npos, "missing: " << wanted);
  }
  CHECK(rows_after(text, "| bit | meaning |\n") == cli::exit_rows().size());
}

TEST_CASE("docs/output-format.md has every error code and operation") {
  const std::string text = doc("output-format.md");
  const auto codes = static_cast<std::size_t>(Errc::bad_argument) + 1;
  for (std::size_t i = 0; i < codes; ++i) {
    const std::string row = "| `" + std::string{name_of(static_cast<Errc>(i))} + "` | ";
    CHECK_MESSAGE(text.find(row) != std::string::npos, "missing: " << row);
  }
  CHECK(rows_after(text, "| code | meaning |\n") == codes);
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Op::connect); ++i) {
    const std::string name = "`" + std::string{name_of(static_cast<Op>(i))} + "`";
    CHECK_MESSAGE(text.find(name) != std::string::npos, "missing: " << name);
  }
  CHECK(text.find("schema version " + std::to_string(cli::k_schema_version)) != std::string::npos);
}

TEST_CASE("docs/layouts.md has every layout with its home, in order") {
  const std::string text = doc("layouts.md");
  std::string table;
  for (const Layout& layout : layouts()) {
    const std::string home = layout.homes.empty() ? "any directory" : "`" + layout.homes.front() + "`";
    table += "| `" + layout.name + "` | " + home + " | " +
             (layout.expiry == Expiry::never ? "never" : "yes") + " |\n";
  }
  CHECK_MESSAGE(text.find("|---|---|---|\n" + table + "\n") != std::string::npos, "expected:\n" << table);
}

TEST_CASE("docs/session-clean.md has every reason to keep a file, with its words") {
  std::string text = doc("session-clean.md");
  std::erase(text, '`');
  for (std::size_t i = 0; i < k_reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (reason == Reason::stale) continue;  // goes
    const std::string row = "| " + std::string{name_of(reason)} + " | " + std::string{because_of(reason)};
    CHECK_MESSAGE(text.find(row) != std::string::npos, "missing: " << row);
  }
  CHECK(rows_after(text, "| reason | the file stays because |\n") == k_reason_count - 1);
}

TEST_CASE("the README's table of exit bits is that of docs/exit-codes.md") {
  const std::string text = test::read_file(test::source_file("README.md"));
  for (const cli::ExitRow& row : cli::exit_rows()) {
    const std::string wanted = "| " + std::to_string(row.bit) + " | " + std::string{row.meaning} + " |\n";
    CHECK_MESSAGE(text.find(wanted) != std::string::npos, "missing: " << wanted);
  }
  CHECK(text.find("```sh\n./dev test\n```") != std::string::npos);
}

TEST_CASE("links between the documents lead somewhere") {
  static const std::regex k_link{R"(\]\(([^)#]+)[^)]*\))"};
  std::vector<fs::path> pages{test::source_file("README.md")};
  for (const auto& entry : fs::directory_iterator(test::source_file("docs"))) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  for (const fs::path& page : pages) {
    const std::string text = without_code(test::read_file(page.string()));
    for (std::sregex_iterator link{text.begin(), text.end(), k_link}, end; link != end; ++link) {
      const std::string target = (*link)[1];
      if (target.starts_with("https:")) continue;
      CHECK_MESSAGE(fs::exists(page.parent_path() / target), page.string() << ": " << target);
    }
  }
}
