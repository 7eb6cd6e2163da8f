#pragma once
// Records of JSON Lines that are arrays, and where in a damaged line another one begins.

#include <cstddef>
#include <optional>
#include <set>

#include "session/bytes.h"

namespace session::repair {

/// How often a damaged line may be read for what begins in it.
inline constexpr std::size_t k_looked_at_factor = 4;

class Rows {
 public:
  /// Notes the array at `at`, a whole record that ends at `end`.
  void learn(ByteView bytes, std::size_t at, std::size_t end);
  [[nodiscard]] bool empty() const { return elements_.empty(); }
  /// Where behind `begin`, where one was cut, another begins that is whole up to `end`, with as many elements
  /// as others have. nullopt where there is none, or rows hold arrays: then it may be one of those.
  [[nodiscard]] std::optional<std::size_t> find(ByteView bytes, std::size_t begin, std::size_t end) const;

 private:
  std::set<std::size_t> elements_;  ///< how many they have
  bool has_arrays_ = false;         ///< and whether arrays are among those
};

}  // namespace session::repair
