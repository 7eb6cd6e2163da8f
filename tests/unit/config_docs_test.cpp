// What is written about the configuration, held against the table of keys.

#include <doctest/doctest.h>

#include <sstream>

#include "session/config.h"
#include "support/source_file.h"
#include "support/temp_dir.h"

using namespace session;

namespace {

const Path k_shown = test::source_file("core-config.yaml");

/// The file with its examples, which begin with '#' and two blanks, taken in and the empty lists left out.
std::string with_examples(const std::string& yaml) {
  std::istringstream lines{yaml};
  std::string line, result;
  while (std::getline(lines, line)) {
    if (line.starts_with("#  ")) line.erase(0, 1);
    if (line.ends_with(": []") && line.starts_with("  ")) {
      if (line == "  stores: []" || line == "  layouts: []") line.resize(line.size() - 3);
    }
    result += line + "\n";
  }
  return result;
}

std::string leaf_of(std::string_view path) { return std::string{path.substr(path.find_last_of('.') + 1)}; }

}  // namespace

TEST_CASE("core-config.yaml holds the defaults and nothing else") {
  const auto shown = parse_config(test::read_file(k_shown), k_shown);
  if (!shown) FAIL(describe(shown.error()));
  const std::vector<ConfigValue> values = config_values(*shown);
  const std::vector<ConfigValue> defaults = config_values(default_config());
  REQUIRE(values.size() == defaults.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK(values[i].key == defaults[i].key);
    CHECK(values[i].value == defaults[i].value);
    CHECK_MESSAGE(values[i].origin.starts_with(k_shown),
                  values[i].key << " is not shown in core-config.yaml");
  }
}

TEST_CASE("the defaults the table states are those in force") {
  for (const ConfigKey& key : config_keys()) {
    for (const ConfigValue& value : config_values(default_config())) {
      if (value.key == key.path) CHECK(value.value == key.default_text);
    }
  }
}

TEST_CASE("the examples of core-config.yaml are right and show every key of stores and layouts") {
  const std::string yaml = with_examples(test::read_file(k_shown));
  const auto shown = parse_config(yaml, k_shown);
  if (!shown) FAIL(describe(shown.error()));
  REQUIRE(shown->stores.size() == 2);
  REQUIRE(shown->custom_layouts.size() == 1);
  for (const ConfigKey& key : config_keys()) {
    if (key.path.find("[]") == std::string_view::npos) continue;
    CHECK_MESSAGE(yaml.find(" " + leaf_of(key.path) + ": ") != std::string::npos,
                  key.path << " is not shown");
  }
}

TEST_CASE("docs/configuration.md has the row of every key, in the order of the table") {
  const std::string text = test::read_file(test::source_file("docs/configuration.md"));
  std::string rows;
  for (const ConfigKey& key : config_keys()) {
    std::ostringstream row;
    row << "| `" << key.path << "` | ";
    if (!key.environment.empty()) row << '`' << key.environment << '`';
    row << " | " << key.type << " | " << key.default_text << " | " << key.summary << " |\n";
    CHECK_MESSAGE(text.find(row.str()) != std::string::npos, "missing: " << row.str());
    rows += row.str();
  }
  CHECK(text.find(rows) != std::string::npos);
}
