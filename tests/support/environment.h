#pragma once
// An environment made of a few variables.

#include <map>

#include "session/environment.h"

namespace session::test {

inline Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string{name});
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
}

}  // namespace session::test
