#pragma once
// The records of JSON Lines: of a report with --format ndjson, of an audit log.

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace session::test {

template <class Json = nlohmann::ordered_json>
std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> records;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) records.push_back(Json::parse(line));
  return records;
}

}  // namespace session::test
