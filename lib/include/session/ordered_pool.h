#pragma once
// Ordered worker pool: tasks are worked on by several threads, answers come out in the order the tasks
// went in, and never more than a fixed number of both exists. Each thread keeps one Worker (its buffers)
// for as long as it lives.
//
// One thread, the owner, submits and takes. What a task means, and every state shared beyond the queue, is
// the caller's.

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace session {

template <class Task, class Answer, class Worker>
class OrderedPool {
 public:
  struct Hooks {
    /// Called once on each working thread, when it starts.
    std::function<std::unique_ptr<Worker>()> make_worker;
    std::function<Answer(Worker&, Task&&)> work;  ///< on any thread
    std::function<void(Answer&&)> take;           ///< on the owner's, in the order of the tasks
    /// On any thread, with the tasks that `work` will be called for next there; may be empty.
    std::function<void(Worker&, std::span<const Task* const>)> look_ahead = {};
    /// On the owner's thread, about every k_tick while it waits; may be empty. Without it, a single task is
    /// worked on by the owner itself and no thread is started.
    std::function<void()> tick = {};
  };
  static constexpr std::chrono::milliseconds k_tick{100};

  /// At most `threads` (>= 1) threads work, and at most `capacity` (>= 1) tasks are under way. Fewer threads
  /// where the system allows no more; the owner works where it allows none.
  OrderedPool(std::size_t threads, std::size_t capacity, Hooks hooks)
      : hooks_(std::move(hooks)),
        thread_limit_(std::max<std::size_t>(threads, 1)),
        capacity_(std::max<std::size_t>(capacity, 1)),
        slots_((capacity_ + k_slots - 1) / k_slots) {}

  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  /// Tasks nobody began are dropped.
  ~OrderedPool() {
    {
      const std::lock_guard lock(mutex_);
      claimed_ = submitted_;
      closing_ = true;
    }
    wake_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// Starts all threads, for which their first tasks would else wait.
  void start() {
    const std::lock_guard lock(mutex_);
    start_threads(thread_limit_);
  }

  /// Adds a task; first takes the answers that are due, and waits for room where there is none.
  /// Rethrows what a worker threw.
  void submit(Task task) {
    std::unique_lock lock(mutex_);
    take_due(lock);
    // Refilled only once few are left, though enough for all threads, so that the owner sleeps and wakes once
    // for many tasks.
    if (submitted_ - taken_ == capacity_) {
      start_threads(submitted_ - claimed_);
      wait_and_take(lock, std::max(capacity_ / 4, std::min(capacity_ / 2, thread_limit_ * k_most_at_once)));
    }
    make_slot(submitted_).task = std::move(task);
    ++submitted_;
    if (submitted_ - claimed_ < 2 && threads_.empty() && !hooks_.tick) return;
    start_threads(submitted_ - claimed_);
    const bool is_first = submitted_ - claimed_ == 1;
    const bool is_enough = is_worth_beginning();
    lock.unlock();
    if (is_first || is_enough) work_to_do_.notify_one();
    if (is_enough) enough_to_do_.notify_one();
  }

  /// Works off and takes everything submitted. The pool can be used again.
  void finish() {
    std::unique_lock lock(mutex_);
    ending_ = true;
    wake_all();
    wait_and_take(lock, 0);
    ending_ = false;
  }

  /// For use inside `work`: runs `part(worker, index)` for every index below `count` on this thread and on
  /// those that have nothing else to do; returns when all are done. `worker` is this thread's own.
  void share(Worker& worker, std::size_t count, const std::function<void(Worker&, std::size_t)>& part) {
    Shared shared{&part, count};
    std::unique_lock lock(mutex_);
    start_threads(count);
    shared_.push_back(&shared);
    wake_all();
    help(lock, worker, shared);
    std::erase(shared_, &shared);
    shared.done.wait(lock, [&] { return shared.running == 0; });
    if (shared.failure) std::rethrow_exception(shared.failure);
  }

 private:
  struct Slot {
    std::optional<Task> task;
    std::optional<Answer> answer;
    bool done = false;
  };
  static constexpr std::size_t k_slots = 16;
  using Slots = std::array<Slot, k_slots>;
  /// A task's parts that other threads may take over.
  struct Shared {
    const std::function<void(Worker&, std::size_t)>* part;
    std::size_t count;
    std::size_t next = 0;
    std::size_t running = 0;
    std::exception_ptr failure = nullptr;
    std::condition_variable done = {};
  };

  static constexpr std::size_t k_most_at_once = 16;
  static constexpr std::chrono::milliseconds k_succession{1};

  /// Where task number n lives. What few tasks do not need is never touched.
  Slot& slot_of(std::size_t n) { return (*slots_[n % capacity_ / k_slots])[n % capacity_ % k_slots]; }
  Slot& make_slot(std::size_t n) {
    std::unique_ptr<Slots>& slots = slots_[n % capacity_ / k_slots];
    if (slots == nullptr) slots = std::make_unique<Slots>();
    return slot_of(n);
  }

  /// How many tasks a thread takes at once: many while there are plenty (the lock costs as much as a small
  /// file), one towards the end (so that no thread is left with several large ones).
  [[nodiscard]] std::size_t claim_size() const {
    const std::size_t share = (submitted_ - claimed_) / thread_limit_;
    return std::clamp<std::size_t>(ending_ ? share / 4 : share, 1, k_most_at_once);
  }

  /// Where tasks are looked at together, a thread waits until it can take many at once, while they come in
  /// quick succession: to sleep and to wake costs more than a small file.
  [[nodiscard]] bool is_worth_beginning() const {
    return !hooks_.look_ahead || submitted_ - claimed_ >= k_most_at_once || ending_ ||
           owner_waits_for_ != k_nothing;
  }

  void wake_all() {
    work_to_do_.notify_all();
    enough_to_do_.notify_all();
  }

  void await_tasks(std::unique_lock<std::mutex>& lock) {
    const auto asked_for = [&] { return closing_ || open_share() != nullptr; };
    work_to_do_.wait(lock, [&] { return asked_for() || claimed_ < submitted_; });
    if (is_worth_beginning()) return;
    enough_to_do_.wait_for(lock, k_succession, [&] { return asked_for() || is_worth_beginning(); });
  }

  /// Where the system allows no more threads, those there are do the work, the owner where there is none;
  /// more are asked for when there is more to do.
  void start_threads(std::size_t useful) {
    const std::size_t limit = owner_works_ ? thread_limit_ - 1 : thread_limit_;
    try {
      while (!closing_ && threads_.size() < std::min(useful, limit)) {
        threads_.emplace_back([this] { run_thread(); });
      }
    } catch (const std::system_error&) {
      return;
    }
  }

  void run_thread() {
    std::unique_ptr<Worker> worker;
    std::exception_ptr failure;
    try {
      worker = hooks_.make_worker();
    } catch (...) {
      failure = std::current_exception();
    }
    std::unique_lock lock(mutex_);
    if (failure) {
      failure_ = failure;
      answers_due_.notify_one();
      return;
    }
    for (;;) {
      await_tasks(lock);
      if (Shared* shared = open_share()) {
        help(lock, *worker, *shared);
      } else if (claimed_ < submitted_) {
        work_some(lock, *worker);
      } else if (closing_) {
        return;
      }
    }
  }

  [[nodiscard]] Shared* open_share() const {
    for (Shared* shared : shared_) {
      if (shared->next < shared->count) return shared;
    }
    return nullptr;
  }

  void help(std::unique_lock<std::mutex>& lock, Worker& worker, Shared& shared) {
    ++shared.running;
    while (shared.next < shared.count) {
      const std::size_t index = shared.next++;
      lock.unlock();
      std::exception_ptr failure;
      try {
        (*shared.part)(worker, index);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure) {
        shared.failure = failure;
        shared.next = shared.count;
      }
    }
    if (--shared.running == 0) shared.done.notify_all();
  }

  void work_some(std::unique_lock<std::mutex>& lock, Worker& worker) {
    const std::size_t first = claimed_;
    const std::size_t last = first + claim_size();
    claimed_ = last;
    const bool more = claimed_ < submitted_;
    lock.unlock();
    if (more) work_to_do_.notify_one();
    std::exception_ptr failure;
    try {
      if (hooks_.look_ahead) look_ahead(worker, first, last);
    } catch (...) {
      failure = std::current_exception();
    }
    for (std::size_t index = first; index < last; ++index) {
      Slot& slot = slot_of(index);
      try {
        slot.answer.emplace(hooks_.work(worker, std::move(*slot.task)));
      } catch (...) {
        failure = std::current_exception();
      }
      slot.task.reset();
    }
    lock.lock();
    if (failure) failure_ = failure;
    for (std::size_t index = first; index < last; ++index) slot_of(index).done = true;
    while (due_ < submitted_ && slot_of(due_).done) ++due_;
    if (failure_ || due_ >= owner_waits_for_) answers_due_.notify_one();
  }

  void look_ahead(Worker& worker, std::size_t first, std::size_t last) {
    std::array<const Task*, k_most_at_once> tasks;
    for (std::size_t index = first; index < last; ++index) {
      tasks[index - first] = &*slot_of(index).task;
    }
    hooks_.look_ahead(worker, std::span(tasks).first(last - first));
  }

  /// The one task that no thread was started for, or all of them where none could be.
  void work_alone(std::unique_lock<std::mutex>& lock) {
    if (claimed_ == submitted_) return;
    if (own_worker_ == nullptr) own_worker_ = hooks_.make_worker();
    owner_works_ = true;
    while (claimed_ < submitted_) work_some(lock, *own_worker_);
    owner_works_ = false;
  }

  void take_due(std::unique_lock<std::mutex>& lock) {
    for (;;) {
      if (failure_) std::rethrow_exception(failure_);
      if (taken_ == due_) return;
      const std::size_t due = due_;
      lock.unlock();
      for (std::size_t index = taken_; index < due; ++index) {
        Slot& slot = slot_of(index);
        hooks_.take(std::move(*slot.answer));
        slot.answer.reset();
        slot.done = false;
      }
      lock.lock();
      taken_ = due;
    }
  }

  /// Takes answers until at most `rest` tasks are under way.
  void wait_and_take(std::unique_lock<std::mutex>& lock, std::size_t rest) {
    if (threads_.empty()) work_alone(lock);
    for (;;) {
      take_due(lock);
      if (submitted_ - taken_ <= rest) return;
      // Sleeps until so many are done that waking is worth it, but takes finished ones at every tick.
      owner_waits_for_ = submitted_ - rest;
      wake_all();
      answers_due_.wait_for(lock, k_tick, [&] { return failure_ || due_ >= owner_waits_for_; });
      owner_waits_for_ = k_nothing;
      if (!hooks_.tick) continue;
      lock.unlock();
      hooks_.tick();
      lock.lock();
    }
  }

  static constexpr std::size_t k_nothing = static_cast<std::size_t>(-1);

  Hooks hooks_;
  std::size_t thread_limit_;
  std::size_t capacity_;
  std::unique_ptr<Worker> own_worker_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;  ///< guards everything below; a claimed slot belongs to its thread alone
  std::condition_variable work_to_do_;
  std::condition_variable enough_to_do_;  ///< for those that wait until it is worth beginning
  std::condition_variable answers_due_;
  std::vector<std::unique_ptr<Slots>> slots_;  ///< a ring of capacity_, made as far as it is used
  /// Counts of tasks: all, begun, done without a gap, taken.
  std::size_t submitted_ = 0, claimed_ = 0, due_ = 0, taken_ = 0;
  std::size_t owner_waits_for_ = k_nothing;
  std::vector<Shared*> shared_;
  std::exception_ptr failure_;
  bool owner_works_ = false;
  bool ending_ = false;  ///< no task comes before all are done
  bool closing_ = false;
};

}  // namespace session
