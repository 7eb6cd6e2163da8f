#include "cli/config_flags.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>

#include "cli/options.h"

namespace session::cli {

CLI::Option* ConfigFlags::add(CLI::App& app, const char* flag, std::string_view key, const char* type,
                              const char* help) {
  Flag& added = flags_.emplace_back(Flag{flag, key, {}});
  return app.add_option(flag, added.text, help)->type_name(type);
}

void ConfigFlags::add_lock_timeout(CLI::App& app) {
  add(app, "--lock-timeout", "sessions.lockTimeoutSeconds", "DURATION",
      "Wait that long for a session or store that is in use; a bare number is seconds");
}

void ConfigFlags::add_durability(CLI::App& app) {
  add(app, "--durability", "sessions.durability", "WHAT",
      "What must have reached the disk before a write is called done")
      ->check(one_of({"full", "data", "none"}));
}

std::string_view ConfigFlags::first_given(std::initializer_list<std::string_view> flags) const {
  const auto given = std::ranges::find_if(flags_, [&](const Flag& flag) {
    return !flag.text.empty() && std::ranges::find(flags, flag.name) != flags.end();
  });
  return given == flags_.end() ? std::string_view{} : given->name;
}

Result<void, ConfigError> ConfigFlags::apply(Config& config) const {
  for (const Flag& flag : flags_) {
    if (flag.text.empty()) continue;
    if (Result<void, ConfigError> set = set_key(config, flag.key, flag.text, flag.name); !set) return set;
  }
  return {};
}

}  // namespace session::cli
