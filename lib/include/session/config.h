#pragma once
// Configuration: the `sessions:` section of core-config.yaml and `synapse.session.staleTTLHours`,
// strict in what is ours, blind to the rest, with the origin of every value. Reading YAML is pure
// (bytes in); finding the file is find_config(). It fails closed: any error and there is no Config.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session/fs.h"
#include "session/layout.h"
#include "session/repair.h"
#include "session/retention.h"
#include "session/time.h"

namespace session {

/// What is wrong, where, and what would be right.
struct ConfigError {
  std::string file;
  std::size_t line = 0;  ///< from 1; 0 where the file as a whole is meant
  std::size_t column = 0;
  std::string key;  ///< dotted, as the user would write it: sessions.stores[0].ttlHours
  std::string problem;
  std::string expected;  ///< what would be right, with a did-you-mean; may be empty
};
std::string describe(const ConfigError& error);

struct StoreConfig {
  std::string name;
  Path path;           ///< absolute, or relative to the directory of the file it stands in; `~/` expanded
  std::string layout;  ///< a built-in name or one of Config::custom_layouts; empty: detected
  RetentionPolicy retention;
  bool enabled = true;
  bool trash = false;
  milliseconds trash_ttl{0};
};

/// Values with a default that a `stores:` entry does not override.
struct Config {
  std::vector<StoreConfig> stores;
  RetentionPolicy defaults;       ///< ttl 168 h
  bool clean_enabled = true;      ///< sessions.clean.enabled: the one switch that disables hook mode
  milliseconds interval{30'000};  ///< autosave
  milliseconds shutdown_timeout{10'000};
  Durability durability = Durability::full;
  milliseconds lock_timeout{10'000};
  milliseconds repaired_grace{0};  ///< how long after a repair session-clean leaves a session alone
  milliseconds write_grace{0};     ///< how long after its last write (mtime)
  milliseconds temp_grace{0};      ///< how old an orphan temporary must be
  LossBudget accept_loss = LossBudget::any;
  CutValues cut_values = CutValues::drop;
  std::vector<Layout> custom_layouts;

  Path file;  ///< the file it came from; empty for the built-in values
  /// dotted key → where its value came from ("core-config.yaml:12", "environment
  /// SESSION_TTL", "--ttl", "built-in"), for --show-config.
  std::map<std::string, std::string> origins;
};

/// One configuration key: the single source of docs, core-config.yaml, --show-config and checks.
struct ConfigKey {
  std::string_view path;         ///< "sessions.ttlHours", "sessions.stores[].name"
  std::string_view environment;  ///< "SESSION_TTL_HOURS" or empty
  std::string_view type;         ///< for people: "hours > 0, or 0 for never"
  std::string_view default_text;
  std::string_view summary;
};
std::span<const ConfigKey> config_keys();

/// The built-in values.
Config default_config();

/// Parses `yaml`; `file` is for messages and relative paths.
Result<Config, ConfigError> parse_config(ByteView yaml, const Path& file);

/// Looks up a variable; nullopt if unset. Injected so that tests need no process environment.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// Lays SESSION_* variables over `config`.
Result<void, ConfigError> apply_environment(Config& config, const Environment& environment);

/// Where the configuration is: `named` (from --config or SESSION_CONFIG; must exist), else walking up from
/// `working_directory` (core-config.yaml, .aios-core/, .aiox-core/), then the user's and the
/// system's directories; nullopt if there is none.
Result<std::optional<Path>, ConfigError> find_config(Fs& fs, const std::optional<Path>& named,
                                                     const Path& working_directory,
                                                     const Environment& environment);

}  // namespace session
