#include "cli/config_flags.h"

#include <CLI/Option.hpp>

namespace session::cli {

CLI::Option* ConfigFlags::add(CLI::App& app, const char* flag, std::string_view key, const char* type,
                              const char* help) {
  Flag& added = flags_.emplace_back(Flag{flag, key, {}});
  return app.add_option(flag, added.text, help)->type_name(type);
}

Result<void, ConfigError> ConfigFlags::apply(Config& config) const {
  for (const Flag& flag : flags_) {
    if (flag.text.empty()) continue;
    if (Result<void, ConfigError> set = set_key(config, flag.key, flag.text, flag.name); !set) return set;
  }
  return {};
}

}  // namespace session::cli
