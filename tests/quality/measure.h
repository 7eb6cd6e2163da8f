#pragma once
// The measure: leaves (path, value), array indexes left out, as multisets.

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "session/layout.h"

namespace quality {

using Leaves = std::map<std::string, std::size_t>;

/// The leaves of a valid text; `valid` is false, and there are none, if it does not parse.
struct Reading {
  bool valid = true;
  Leaves leaves;
  std::size_t count = 0;
};
Reading read_leaves(std::string_view text, session::Format format);

/// Those of surviving_values() or usable_values().
Reading leaves_of(const std::vector<nlohmann::json>& values);

struct Score {
  double precision = 1;
  double recall = 1;
  [[nodiscard]] double f() const {
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
  }
};

/// `result` against all that was ever there and against what survived.
Score score(const Leaves& truth, const Reading& surviving, const Reading& result);

}  // namespace quality
