#include <algorithm>
#include <condition_variable>
#include <new>
#include <utility>

#include "session/autosave.h"

namespace session {
namespace {

using Clock = std::chrono::steady_clock;

/// Between two tries to save what is left when the program is to end.
constexpr milliseconds k_last_tries_pause{200};

RoundReport out_of_memory(const Autosave& autosave) {
  RoundReport report;
  const auto fail = [&](const std::string& id) {
    report.failures.push_back({id, {Errc::io, Op::write, 0, id, "out of memory"}});
  };
  try {
    for (const auto& version : autosave.table().snapshot().unsaved) fail(version->id);
  } catch (const std::bad_alloc&) {
    report = {};
    fail("");
  }
  return report;
}

/// A round that runs out of memory has failed as one does that runs out of disk: what is unsaved stays so.
RoundReport run_round(Autosave& autosave) {
  try {
    return autosave.save_unsaved();
  } catch (const std::bad_alloc&) {
    return out_of_memory(autosave);
  }
}

/// Nor does the loop end because there is no memory to tell of a round.
void tell(const AutosaveLoop::Listener& listener, const RoundReport& report) {
  try {
    listener(report);
  } catch (const std::bad_alloc&) {
    return;
  }
}

/// For an end that nobody asked for, as when an exception ends the program.
constexpr milliseconds k_unasked_bound{10'000};

}  // namespace

struct AutosaveLoop::State {
  std::shared_ptr<Autosave> autosave;
  milliseconds interval;
  Listener listener;

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Listener> waiting;  ///< for the next round
  bool stopping = false;
  bool finished = false;
  bool abandoned = false;  ///< nobody listens any more
  Clock::time_point give_up_at = Clock::time_point::max();
};

AutosaveLoop::AutosaveLoop(std::shared_ptr<Autosave> autosave, milliseconds interval, Listener listener)
    : state_(std::make_shared<State>()) {
  state_->autosave = std::move(autosave);
  state_->interval = interval;
  state_->listener = std::move(listener);
  thread_ = std::thread([state = state_] { run(state); });
}

AutosaveLoop::~AutosaveLoop() {
  if (thread_.joinable()) stop(k_unasked_bound);
}

void AutosaveLoop::flush(Listener done) {
  const std::lock_guard hold(state_->mutex);
  state_->waiting.push_back(std::move(done));
  state_->changed.notify_all();
}

void AutosaveLoop::run(const std::shared_ptr<State>& state) {
  const Clock::time_point start = Clock::now();
  const Clock::duration interval = deadline_in(state->interval) - start;
  Clock::time_point next = start + interval;
  std::unique_lock hold(state->mutex);
  for (std::size_t last_rounds = 0;;) {
    state->changed.wait_until(hold, next, [&] { return state->stopping || !state->waiting.empty(); });
    const std::vector<Listener> flushes = std::exchange(state->waiting, {});
    const bool last = state->stopping;
    hold.unlock();
    const Clock::time_point began = Clock::now();
    const RoundReport report = run_round(*state->autosave);
    hold.lock();
    if (state->abandoned) return;
    hold.unlock();
    const bool did_something = report.saved != 0 || report.removed != 0;
    // At the end rounds follow each other closely: what fails for the same reason again is no news.
    const bool failed = !report.failures.empty() && last_rounds == 0;
    if (did_something || failed || !flushes.empty()) tell(state->listener, report);
    for (const Listener& done : flushes) tell(done, report);
    hold.lock();
    if (last) {
      if (report.failures.empty() || Clock::now() + k_last_tries_pause >= state->give_up_at) break;
      state->changed.wait_for(hold, k_last_tries_pause, [&] { return state->abandoned; });
      ++last_rounds;
    } else if (began >= next) {
      // Not for a flush, which must not put off what comes after it; and a round that took longer than the
      // interval is not followed by all that were missed.
      next = std::max(next + interval, Clock::now());
    }
  }
  state->finished = true;
  state->changed.notify_all();
}

std::vector<std::string> AutosaveLoop::stop(milliseconds bound) {
  const Clock::time_point give_up_at = deadline_in(bound);
  std::unique_lock hold(state_->mutex);
  state_->stopping = true;
  state_->give_up_at = give_up_at;
  // A round that waits for what others hold would keep the rest from being saved; it is tried again.
  state_->autosave->hurry();
  state_->changed.notify_all();
  const bool finished = state_->changed.wait_until(hold, give_up_at, [&] { return state_->finished; });
  state_->abandoned = !finished;
  hold.unlock();
  if (finished) {
    thread_.join();
  } else {
    thread_.detach();
  }
  std::vector<std::string> unsaved;
  for (const auto& version : state_->autosave->table().snapshot().unsaved) unsaved.push_back(version->id);
  std::ranges::sort(unsaved);
  return unsaved;
}

}  // namespace session
