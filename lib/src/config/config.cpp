// Config from outside the file: built-in values, flags and variables, and the list of what is in force.

#include "session/config.h"

#include "config/keys.h"

namespace session {

using config::KeyRow;
using config::Target;

namespace {

/// The key of the element `index` of a list: "[]" filled in.
std::string element_key(std::string_view path, std::size_t index) {
  const std::size_t at = path.find("[]");
  std::string key{path};
  return at == std::string_view::npos ? key : key.insert(at + 1, std::to_string(index));
}

std::string show_value(const KeyRow& row, const Target& at) {
  std::string text = config::show_value(row.type, row.get(at), row.words);
  return text.empty() ? "\"\"" : text;
}

/// The key of one store that has the same name as the key for all, if there is one.
const KeyRow* row_in_stores(const KeyRow& row) {
  constexpr std::string_view k_prefix = "sessions.";
  if (!row.key.path.starts_with(k_prefix)) return nullptr;
  const std::string_view leaf = row.key.path.substr(k_prefix.size());
  return config::find_row(std::string{config::k_stores} + "." + std::string{leaf});
}

/// Where the value of `key` came from; one that a store does not set is that of all stores.
std::string origin_of(const Config& config, const KeyRow& row, const std::string& key) {
  auto origin = config.origins.find(key);
  if (origin == config.origins.end() && row.key.path.starts_with(config::k_stores)) {
    const std::string_view leaf = row.key.path.substr(config::k_stores.size() + 1);
    origin = config.origins.find("sessions." + std::string{leaf});
  }
  return origin == config.origins.end() ? "built-in" : origin->second;
}

}  // namespace

Config default_config() {
  using std::chrono::hours;
  using std::chrono::seconds;
  Config built_in;
  built_in.defaults.ttl = hours{168};
  built_in.trash_ttl = hours{720};
  built_in.repaired_grace = hours{24};
  built_in.temp_grace = hours{1};
  built_in.interval = seconds{30};
  built_in.shutdown_timeout = seconds{10};
  built_in.lock_timeout = seconds{10};
  return built_in;
}

std::string describe(const ConfigError& error) {
  std::string text = error.file;
  if (error.line != 0) text += ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
  if (!error.key.empty()) text += (text.empty() ? "" : ": ") + error.key;
  if (!text.empty()) text += ": ";
  text += error.problem;
  if (!error.expected.empty()) text += "; " + error.expected;
  return text;
}

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = [] {
    std::vector<ConfigKey> all;
    for (const KeyRow& row : config::key_rows()) all.push_back(row.key);
    return all;
  }();
  return keys;
}

Result<void, ConfigError> set_key(Config& config, std::string_view key, std::string_view text,
                                  std::string_view origin) {
  const KeyRow& row = *config::find_row(key);
  auto value = config::parse_value(row.type, text, config::Spelling::text, row.words);
  if (!value) {
    return Unexpected{
        ConfigError{"", 0, 0, std::string{origin}, value.error().problem, value.error().expected}};
  }
  row.set(Target{&config}, *value);
  config.origins[std::string{key}] = origin;
  if (const KeyRow* own = row_in_stores(row)) {
    for (std::size_t i = 0; i < config.stores.size(); ++i) {
      own->set(Target{&config, &config.stores[i]}, *value);
      config.origins[element_key(own->key.path, i)] = origin;
    }
  }
  return {};
}

Result<void, ConfigError> apply_environment(Config& config, const Environment& environment) {
  for (const KeyRow& row : config::key_rows()) {
    if (row.key.environment.empty()) continue;
    const auto text = environment(row.key.environment);
    if (!text) continue;
    auto done = set_key(config, row.key.path, *text, "environment " + std::string{row.key.environment});
    if (!done) return done;
  }
  return {};
}

std::vector<ConfigValue> config_values(const Config& config) {
  // Rows read through the same pointers they write through; nothing is written here.
  Config copy = config;
  std::vector<ConfigValue> values;
  const auto add = [&](const KeyRow& row, const Target& at, std::size_t index) {
    const std::string key = element_key(row.key.path, index);
    values.push_back({key, show_value(row, at), origin_of(config, row, key)});
  };
  for (const KeyRow& row : config::key_rows()) {
    if (row.key.path == config::k_synapse_ttl) continue;  // its value is that of sessions.ttlHours
    if (row.key.path.find("[]") == std::string_view::npos) add(row, Target{&copy}, 0);
  }
  const auto add_element = [&](std::string_view list, const Target& at, std::size_t index) {
    for (const KeyRow& row : config::key_rows()) {
      if (row.key.path.starts_with(list)) add(row, at, index);
    }
  };
  for (std::size_t i = 0; i < copy.stores.size(); ++i) {
    add_element(config::k_stores, Target{&copy, &copy.stores[i]}, i);
  }
  for (std::size_t i = 0; i < copy.custom_layouts.size(); ++i) {
    add_element(config::k_layouts, Target{&copy, nullptr, &copy.custom_layouts[i]}, i);
  }
  return values;
}

}  // namespace session
