#pragma once
// Configuration: the `sessions:` section of core-config.yaml and `synapse.session.staleTTLHours`,
// strict in what is ours, blind to the rest, with the origin of every value. Reading YAML is pure
// (bytes in); finding the file is load_config(). It fails closed: any error and there is no Config.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session/atomic_write.h"
#include "session/environment.h"
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
  /// The file was found, not named: somebody's, who may not even know of it.
  bool discovered = false;
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

struct Config {
  std::vector<StoreConfig> stores;
  RetentionPolicy defaults;  ///< of stores that say nothing else, and of those named on the command line
  bool trash = false;        ///< likewise
  milliseconds trash_ttl{0};
  bool clean_enabled = true;       ///< sessions.clean.enabled: the one switch that disables hook mode
  bool clean_index = true;         ///< sessions.clean.index: remember what is fresh (expiry_index.h)
  milliseconds repaired_grace{0};  ///< how long after a repair session-clean leaves a session alone
  milliseconds write_grace{0};     ///< how long after its last write (mtime)
  milliseconds temp_grace{0};      ///< how old an orphan temporary must be
  milliseconds interval{0};        ///< autosave
  milliseconds shutdown_timeout{0};
  Durability durability = Durability::full;
  milliseconds lock_timeout{0};
  LossBudget accept_loss = LossBudget::any;
  CutValues cut_values = CutValues::drop;
  std::vector<Layout> custom_layouts;

  Path file;     ///< the file it came from; empty for the built-in values
  Path project;  ///< the directory that relative paths start from and `.synapse/sessions` is looked for in
  /// dotted key → where its value came from ("/p/core-config.yaml:12", "environment
  /// SESSION_TTL_HOURS", "--ttl"); what is not in it is built-in.
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
/// The same for a program that works in `working_directory`, as load_config() gives them where there is no
/// file.
Config default_config_in(const Path& working_directory);

/// Sets one key that is no list from the text of a flag or variable, checked as in the file; durations
/// may have a unit ("7d"). Overrides what a file said, of every store too. `key` must be in config_keys()
/// and have no "[]".
Result<void, ConfigError> set_key(Config& config, std::string_view key, std::string_view text,
                                  std::string_view origin);

/// Every key with the value in force and its origin ("built-in" where nothing set it), in the order of
/// config_keys(), lists element by element.
struct ConfigValue {
  std::string key;
  std::string value;
  std::string origin;
};
std::vector<ConfigValue> config_values(const Config& config);

/// Parses `yaml`; `file` is for messages and relative paths.
Result<Config, ConfigError> parse_config(ByteView yaml, const Path& file);

/// Lays SESSION_* variables over `config`.
Result<void, ConfigError> apply_environment(Config& config, const Environment& environment);

/// What is in force but for flags: the file, with `~/` of paths expanded, under SESSION_* variables. The file
/// is `named` (from --config; must exist), else SESSION_CONFIG (likewise), else walking up from
/// `working_directory` (core-config.yaml, .aios-core/, .aiox-core/), then the user's
/// ($XDG_CONFIG_HOME or ~/.config, session-toolkit/core-config.yaml) and the system's directory
/// (/etc/session-toolkit); without one the built-in values count. A file that was not named must belong to
/// the caller or root and must not be writable for everybody.
Result<Config, ConfigError> load_config(Fs& fs, const std::optional<Path>& named,
                                        const Path& working_directory, const Environment& environment);

}  // namespace session
