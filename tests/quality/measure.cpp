#include "quality/measure.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace quality {
namespace {

using Json = nlohmann::json;

void add(Reading& reading, const std::string& path, const Json& value) {
  ++reading.leaves[path + " = " + value.dump(-1, ' ', false, Json::error_handler_t::replace)];
  ++reading.count;
}

void collect(Reading& reading, const std::string& path, const Json& value) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) collect(reading, path + '/' + key, member);
  } else if (value.is_array()) {
    for (const Json& element : value) collect(reading, path + "/*", element);
  } else {
    add(reading, path, value);
  }
}

std::size_t common(const Leaves& a, const Leaves& b) {
  std::size_t sum = 0;
  for (const auto& [leaf, count] : a) {
    const auto found = b.find(leaf);
    if (found != b.end()) sum += std::min(count, found->second);
  }
  return sum;
}

}  // namespace

Reading read_leaves(std::string_view text, session::Format format) {
  Reading reading;
  if (format == session::Format::json) {
    const Json json = Json::parse(text, nullptr, false);
    reading.valid = !json.is_discarded();
    if (reading.valid) collect(reading, "", json);
    return reading;
  }
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find_first_not_of(" \r\t") == std::string_view::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) return {false, {}, 0};
    collect(reading, "", json);
  }
  return reading;
}

Reading leaves_of(const std::vector<Json>& values) {
  Reading reading;
  for (const Json& value : values) {
    if (!value.is_discarded()) collect(reading, "", value);
  }
  return reading;
}

Score score(const Leaves& truth, const Reading& surviving, const Reading& result) {
  Score score;
  if (result.count > 0) {
    score.precision = static_cast<double>(common(result.leaves, truth)) / static_cast<double>(result.count);
  }
  if (surviving.count > 0) {
    score.recall =
        static_cast<double>(common(surviving.leaves, result.leaves)) / static_cast<double>(surviving.count);
  }
  return score;
}

}  // namespace quality
