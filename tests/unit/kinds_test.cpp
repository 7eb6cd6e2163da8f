#include "session/kinds.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "support/source_file.h"

namespace {

using namespace session;

TEST_CASE("ids are unique, and lead back to their kind") {
  std::set<std::string_view> ids;
  for (const KindRow& row : kinds()) {
    CAPTURE(row.id);
    CHECK(ids.insert(row.id).second);
    CHECK(find_kind(row.id) == row.kind);
    CHECK(&row_of(row.kind) == &row);
    CHECK(row.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
    CHECK_FALSE(row.summary.empty());
    CHECK_FALSE(row.explanation.empty());
    CHECK_FALSE(row.repair.empty());
    CHECK(row.repair.find(row.option) != std::string_view::npos);
  }
  CHECK_FALSE(find_kind("no-such-kind").has_value());
}

TEST_CASE("docs/damage-kinds.md has the same rows in the same order") {
  std::ifstream in(test::source_file("docs/damage-kinds.md"));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr std::string_view k_severities[] = {"note", "limits", "warning", "error"};
  std::size_t at = 0;
  for (const KindRow& row : kinds()) {
    std::string line = "| `";
    line.append(row.id).append("` | ").append(k_severities[static_cast<std::size_t>(row.severity)]);
    line.append(" | ")
        .append(row.summary)
        .append(" | ")
        .append(row.explanation)
        .append(" | ")
        .append(row.repair);
    CAPTURE(line);
    const std::size_t found = text.find(line + " |\n", at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
}

}  // namespace
