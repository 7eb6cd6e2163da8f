#pragma once
// The time of a piece of work without what disturbs it.

#include <algorithm>
#include <chrono>
#include <functional>

namespace session::bench {

/// The best of as many passes as go into two seconds, in seconds.
inline double best_seconds(const std::function<void()>& pass) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  const auto until = Clock::now() + std::chrono::seconds(2);
  while (Clock::now() < until) {
    const auto begin = Clock::now();
    pass();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

}  // namespace session::bench
