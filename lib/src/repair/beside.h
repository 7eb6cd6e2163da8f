#pragma once
// Work on a text in a thread of its own beside that of its owner, where the text is large enough for that.

#include <cstddef>
#include <functional>
#include <future>
#include <utility>

namespace session::repair {

/// What comes of `work()`, for a text of `size` bytes: begun now, or done when the result is asked for, where
/// a thread would take about as long to start as the work takes, or none can be had. Work that was begun is
/// waited for when this goes.
template <class Outcome>
class Beside {
 public:
  Beside() = default;
  template <class Work>
  Beside(std::size_t size, Work work) {
    constexpr std::size_t k_worth_a_thread = 256 * 1024;
    if (size < k_worth_a_thread) {
      waiting_ = std::move(work);
    } else {
      begun_ = std::async(std::launch::async | std::launch::deferred, std::move(work));
    }
  }

  /// Whether there is work, and its outcome has not been asked for yet.
  [[nodiscard]] bool is_there() const { return begun_.valid() || waiting_; }
  /// Once.
  Outcome get() { return begun_.valid() ? begun_.get() : std::exchange(waiting_, nullptr)(); }

 private:
  std::future<Outcome> begun_;
  std::function<Outcome()> waiting_;  ///< where it was not begun
};

}  // namespace session::repair
