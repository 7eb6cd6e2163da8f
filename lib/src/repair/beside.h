#pragma once
// Work on a text in a thread of its own beside that of its owner, where the text is large enough for that.

#include <cstddef>
#include <future>
#include <utility>

namespace session::repair {

/// `work()`, for a text of `size` bytes: begun now, or done when the result is asked for, where a thread
/// would take about as long to start as the work takes, or none can be had. The result waits for it when it
/// goes.
template <class Work>
auto beside(std::size_t size, Work work) {
  constexpr std::size_t k_worth_a_thread = 256 * 1024;
  const auto when =
      size < k_worth_a_thread ? std::launch::deferred : std::launch::async | std::launch::deferred;
  return std::async(when, std::move(work));
}

}  // namespace session::repair
