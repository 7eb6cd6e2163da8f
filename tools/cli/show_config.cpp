#include "cli/show_config.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/report.h"

namespace session::cli {

namespace {

Json to_record(const ConfigValue& value) {
  Json record;
  record["key"] = value.key;
  record["value"] = value.value;
  record["origin"] = value.origin;
  return record;
}

}  // namespace

std::string show_config(const Config& config, std::string_view format) {
  const std::vector<ConfigValue> values = config_values(config);
  std::string shown;
  if (format == "json") {
    Json all = Json::array();
    for (const ConfigValue& value : values) all.push_back(to_record(value));
    return to_line(all) + "\n";
  }
  for (const ConfigValue& value : values) {
    shown += format == "ndjson" ? to_line(to_record(value)) + "\n"
                                : fmt::format("{} = {}  ({})\n", value.key, value.value, value.origin);
  }
  return shown;
}

}  // namespace session::cli
