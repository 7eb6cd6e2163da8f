// Every fixture of tests/damage/<kind>/<name>/ is diagnosed with its kind first, and every textual kind has
// one.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "session/check.h"

namespace {

using namespace session;
namespace fs = std::filesystem;

TEST_CASE("each fixture's kind is named first, and the two judges agree on damage") {
  std::set<std::string> covered;
  for (const auto& entry : fs::recursive_directory_iterator(SESSION_SOURCE_DIR "/tests/damage")) {
    if (!entry.is_regular_file() || entry.path().stem() != "input") continue;
    const std::string kind = entry.path().parent_path().parent_path().filename().string();
    covered.insert(kind);
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    CheckOptions options;
    options.format = entry.path().extension() == ".jsonl" ? Format::json_lines : Format::json;
    const Diagnosis diagnosis = diagnose(bytes, options);
    CAPTURE(entry.path().string());
    REQUIRE_FALSE(diagnosis.findings.empty());
    CHECK(id_of(diagnosis.findings.front().kind) == kind);
    if (kind == "bom") continue;  // valid but for the mark
    CHECK(parses_strictly(bytes, *options.format) == (diagnosis.verdict != Verdict::damaged));
  }
  for (const KindRow& row : kinds()) {
    if (row.kind >= Kind::wrong_shape) break;
    CAPTURE(row.id);
    CHECK(covered.count(std::string(row.id)) == 1);
  }
}

}  // namespace
