// tests/damage/<kind>/<name>/input.json[l] are judged as text, tests/damage/<kind>/<layout>/<file> as a
// session of that layout: each is diagnosed with its kind first, and every kind that content can have has
// one.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "session/check.h"
#include "support/source_file.h"

namespace {

using namespace session;
namespace fs = std::filesystem;

const fs::path k_fixtures = test::source_file("tests/damage");

std::string kind_of(const fs::path& fixture) {
  return fixture.parent_path().parent_path().filename().string();
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

enum class Holds { text, session };

std::vector<fs::path> fixtures(Holds holds) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(k_fixtures)) {
    const Holds held = entry.path().stem() == "input" ? Holds::text : Holds::session;
    if (entry.is_regular_file() && held == holds) found.push_back(entry.path());
  }
  return found;
}

TEST_CASE("text: each fixture's kind is named first, and the two judges agree on damage") {
  for (const fs::path& path : fixtures(Holds::text)) {
    const std::string bytes = content_of(path);
    CheckOptions options;
    options.format = path.extension() == ".jsonl" ? Format::json_lines : Format::json;
    const Diagnosis diagnosis = diagnose(bytes, options);
    CAPTURE(path.string());
    REQUIRE_FALSE(diagnosis.findings.empty());
    CHECK(id_of(diagnosis.findings.front().kind) == kind_of(path));
    if (kind_of(path) == "bom") continue;  // valid but for the mark
    CHECK(parses_strictly(bytes, *options.format) == (diagnosis.verdict != Verdict::damaged));
  }
}

TEST_CASE("sessions: the one thing wrong with each fixture is its kind, and the text is fine") {
  for (const fs::path& path : fixtures(Holds::session)) {
    const std::string bytes = content_of(path);
    const std::string stem = path.stem().string();
    CAPTURE(path.string());
    CheckOptions options;
    options.layout = find_layout(path.parent_path().filename().string());
    REQUIRE(options.layout != nullptr);
    options.format = options.layout->format;
    options.file_stem = stem;
    options.level = Level::links;
    options.as_of = parse_date_time("2027-01-01T00:00:00Z");
    const Diagnosis diagnosis = diagnose(bytes, options);
    REQUIRE(diagnosis.findings.size() == 1);
    CHECK(id_of(diagnosis.findings.front().kind) == kind_of(path));
    CHECK(parses_strictly(bytes, *options.format));
  }
}

TEST_CASE("every kind that content can have has a fixture") {
  std::set<std::string> covered;
  for (const Holds holds : {Holds::text, Holds::session}) {
    for (const fs::path& path : fixtures(holds)) covered.insert(kind_of(path));
  }
  for (const KindRow& row : kinds()) {
    if (row.kind >= Kind::orphan_temp) break;
    if (row.kind == Kind::open_mode) continue;  // no content: a checkout does not keep modes
    CAPTURE(row.id);
    CHECK(covered.count(std::string(row.id)) == 1);
  }
}

}  // namespace
