#include "cli/config_flags.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <algorithm>

namespace session::cli {

CLI::Option* ConfigFlags::add(CLI::App& app, const char* flag, std::string_view key, const char* type,
                              const char* help) {
  Flag& added = flags_.emplace_back(Flag{flag, key, {}});
  return app.add_option(flag, added.text, help)->type_name(type);
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
