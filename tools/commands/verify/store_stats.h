#pragma once
// A store at a glance, as values: what is counted of it, and the ranges that sizes and ages are counted by.
// How it is counted is store_count.h, how it is told stats_report.h and stats_page.h.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "commands/verify/tally.h"
#include "session/retention.h"

namespace session::commands {

/// Counts by what lies below a bound; the last bound has none.
template <class Bound, std::size_t k_bounds>
struct Histogram {
  std::array<Bound, k_bounds> bounds;
  std::array<std::uint64_t, k_bounds + 1> counts{};

  void add(Bound value) {
    const auto place = std::upper_bound(bounds.begin(), bounds.end(), value);
    ++counts[static_cast<std::size_t>(place - bounds.begin())];
  }
  [[nodiscard]] std::uint64_t most() const { return *std::max_element(counts.begin(), counts.end()); }
};
using Ages = Histogram<milliseconds, 6>;
using Sizes = Histogram<std::uint64_t, 5>;

inline constexpr Ages k_ages{{std::chrono::hours{1}, std::chrono::hours{24}, std::chrono::hours{24 * 7},
                              std::chrono::hours{24 * 30}, std::chrono::hours{24 * 90},
                              std::chrono::hours{24 * 365}}};
inline constexpr Sizes k_sizes{{1ULL << 10, 16ULL << 10, 256ULL << 10, 4ULL << 20, 64ULL << 20}};

/// The words for each range: "under 16.0 KiB", "under 30d", "more".
std::vector<std::string> labels_of(const Ages& ages);
std::vector<std::string> labels_of(const Sizes& sizes);

struct StoreStats {
  Path path;
  const Layout* layout = nullptr;
  bool missing = false;  ///< configured or usual, and not there yet: nothing else is known
  bool failed = false;   ///< could not be surveyed: nothing else is known but the errors
  Tally tally;
  Sizes sizes = k_sizes;
  Ages ages = k_ages;
  std::uint64_t undated = 0;

  milliseconds ttl{0};
  std::uint64_t sessions = 0, to_go = 0, to_go_bytes = 0, temps_to_go = 0;
  bool braked = false;
  std::array<std::uint64_t, k_reason_count> kept{};

  std::vector<Error> errors;  ///< the first ones
  std::uint64_t errors_left_out = 0;
};

/// Whether any session of the store can ever become stale.
bool can_expire(const StoreStats& stats);

}  // namespace session::commands
