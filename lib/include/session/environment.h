#pragma once
// The process environment as a value, so that what depends on it can be tested without a process.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace session {

/// Looks up a variable; nullopt if unset.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

}  // namespace session
