// JSONTestSuite (Nicolas Seriot, MIT licence), where a checkout of it is at hand: SESSION_JSON_TEST_SUITE
// names its test_parsing directory.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "session/check.h"

namespace {

using namespace session;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("every y_ is accepted, every n_ is damaged with a position, no i_ is trouble") {
  const std::filesystem::path suite = SESSION_JSON_TEST_SUITE;
  if (!std::filesystem::is_directory(suite)) {
    MESSAGE("skipped: no JSONTestSuite at ", suite.string());
    return;
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(suite)) {
    const std::string name = entry.path().filename().string();
    const std::string bytes = read(entry.path());
    CheckOptions options;
    options.format = Format::json;
    const Diagnosis diagnosis = diagnose(bytes, options);
    CAPTURE(name);
    ++files;
    if (name.starts_with("y_")) {
      CHECK(diagnosis.verdict != Verdict::damaged);
      CHECK(parses_strictly(bytes, Format::json));
    } else if (name.starts_with("n_")) {
      CHECK(diagnosis.verdict == Verdict::damaged);
      REQUIRE_FALSE(diagnosis.findings.empty());
      CHECK(diagnosis.findings.front().offset <= bytes.size());
      CHECK(diagnosis.findings.front().line >= 1);
      CHECK_FALSE(parses_strictly(bytes, Format::json));
    } else if (diagnosis.findings.empty() || diagnosis.findings.front().kind != Kind::bom) {
      CHECK(parses_strictly(bytes, Format::json) == (diagnosis.verdict != Verdict::damaged));
    }
  }
  CHECK(files == 318);
}

}  // namespace
