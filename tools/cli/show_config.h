#pragma once
// --show-config: every configuration value and where it came from.

#include <string>
#include <string_view>

#include "session/config.h"

namespace session::cli {

/// `format` text: "key = value  (origin)" lines; json and ndjson: one record a value.
std::string show_config(const Config& config, std::string_view format);

}  // namespace session::cli
