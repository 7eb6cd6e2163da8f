#pragma once
// Flags that stand for keys of the configuration: what is given on the command line is laid over the file
// and the environment, with the same checks, and --show-config names the flag as its origin.

#include <initializer_list>
#include <list>
#include <string>
#include <string_view>

#include "cli/cli11.h"
#include "session/config.h"

namespace session::cli {

class ConfigFlags {
 public:
  /// Adds the option `flag` for `key`; checks and texts may be added to what is returned.
  CLI::Option* add(CLI::App& app, const char* flag, std::string_view key, const char* type, const char* help);
  /// Those that several tools have.
  void add_lock_timeout(CLI::App& app);
  void add_durability(CLI::App& app);
  /// The first of `flags` that was given; empty if none was.
  [[nodiscard]] std::string_view first_given(std::initializer_list<std::string_view> flags) const;
  /// Lays those given over `config`.
  Result<void, ConfigError> apply(Config& config) const;

 private:
  struct Flag {
    std::string_view name;
    std::string_view key;
    std::string text;
  };
  std::list<Flag> flags_;  // the parser keeps references to the texts
};

}  // namespace session::cli
