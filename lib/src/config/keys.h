#pragma once
// The table of configuration keys, each with the way from its value to Config and back. What the file, the
// environment, flags, --show-config, core-config.yaml and docs/configuration.md say of a key comes from here.

#include <span>

#include "config/values.h"
#include "session/config.h"

namespace session::config {

/// Where a key's value lives: the Config itself, or one element of a list in it.
struct Target {
  Config* config = nullptr;
  StoreConfig* store = nullptr;
  Layout* layout = nullptr;
};

struct KeyRow {
  ConfigKey key;
  ValueType type;
  std::vector<std::string_view> words;
  void (*set)(const Target&, Value);
  Value (*get)(const Target&);
};

/// "[]" in a path stands for any element: sessions.stores[].ttlHours.
std::span<const KeyRow> key_rows();
const KeyRow* find_row(std::string_view path);

/// The key under which a host project has kept its TTL; sessions.ttlHours goes before it.
inline constexpr std::string_view k_synapse_ttl = "synapse.session.staleTTLHours";
inline constexpr std::string_view k_stores = "sessions.stores[]";
inline constexpr std::string_view k_layouts = "sessions.layouts[]";

}  // namespace session::config
