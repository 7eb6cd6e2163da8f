#include "session/ordered_pool.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <system_error>

using namespace session;
using namespace std::chrono_literals;

namespace {

struct Scratch {
  int used = 0;
};
using Pool = OrderedPool<int, int, Scratch>;

Pool::Hooks squares(std::vector<int>& taken) {
  return {[] { return std::make_unique<Scratch>(); }, [](Scratch&, int task) { return task * task; },
          [&taken](int answer) { taken.push_back(answer); }};
}

std::vector<int> squares_up_to(int count) {
  std::vector<int> result;
  for (int n = 0; n < count; ++n) result.push_back(n * n);
  return result;
}

}  // namespace

TEST_CASE("answers come in the order of the tasks, whatever the number of threads and the capacity") {
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    for (const std::size_t capacity : {1U, 2U, 7U, 64U}) {
      for (const int count : {0, 1, 2, 5, 200}) {
        std::vector<int> taken;
        Pool pool(threads, capacity, squares(taken));
        for (int n = 0; n < count; ++n) pool.submit(n);
        pool.finish();
        CHECK(taken == squares_up_to(count));
      }
    }
  }
}

TEST_CASE("slow tasks hold back what follows them, and no more than the capacity is under way") {
  std::vector<int> taken;
  std::atomic<int> begun = 0;
  std::atomic<bool> exceeded = false;
  Pool::Hooks hooks = squares(taken);
  hooks.work = [&](Scratch&, int task) {
    if (++begun - static_cast<int>(8) > task) exceeded = true;
    if (task % 10 == 0) std::this_thread::sleep_for(2ms);
    return task * task;
  };
  Pool pool(4, 8, hooks);
  for (int n = 0; n < 100; ++n) pool.submit(n);
  pool.finish();
  CHECK(taken == squares_up_to(100));
  CHECK_FALSE(exceeded);
}

TEST_CASE("a pool is used again after finish") {
  std::vector<int> taken;
  Pool pool(2, 4, squares(taken));
  for (int n = 0; n < 10; ++n) pool.submit(n);
  pool.finish();
  for (int n = 10; n < 11; ++n) pool.submit(n);
  pool.finish();
  CHECK(taken == squares_up_to(11));
}

TEST_CASE("a single task starts no thread") {
  std::vector<int> taken;
  Pool::Hooks hooks = squares(taken);
  std::thread::id worked_on;
  hooks.work = [&](Scratch&, int) {
    worked_on = std::this_thread::get_id();
    return 0;
  };
  Pool pool(4, 8, hooks);
  pool.submit(1);
  pool.finish();
  CHECK(worked_on == std::this_thread::get_id());
}

TEST_CASE("with a tick the owner waits, and is called while it does") {
  std::vector<int> taken;
  Pool::Hooks hooks = squares(taken);
  int ticks = 0;
  hooks.tick = [&] { ++ticks; };
  hooks.work = [](Scratch&, int) {
    std::this_thread::sleep_for(3 * Pool::k_tick);
    return 7;
  };
  Pool pool(2, 8, hooks);
  pool.submit(1);
  pool.finish();
  CHECK(taken == std::vector<int>{7});
  CHECK(ticks >= 1);
}

TEST_CASE("the parts of a shared task are all run, by the threads that are free") {
  for (const std::size_t threads : {1U, 2U, 4U}) {
    std::vector<int> taken;
    std::mutex mutex;
    std::multiset<std::size_t> parts;
    std::set<std::thread::id> helpers;
    Pool* own = nullptr;
    Pool::Hooks hooks = squares(taken);
    hooks.work = [&](Scratch& scratch, int task) {
      own->share(scratch, 40, [&](Scratch& part_scratch, std::size_t index) {
        ++part_scratch.used;
        std::this_thread::sleep_for(1ms);
        const std::lock_guard lock(mutex);
        parts.insert(index);
        helpers.insert(std::this_thread::get_id());
      });
      return task * task;
    };
    Pool pool(threads, 8, hooks);
    own = &pool;
    pool.submit(5);
    pool.finish();
    CHECK(taken == std::vector<int>{25});
    REQUIRE(parts.size() == 40);
    for (std::size_t index = 0; index < 40; ++index) CHECK(parts.count(index) == 1);
    CHECK(helpers.size() == threads);
  }
}

TEST_CASE("several tasks share at once") {
  std::vector<int> taken;
  std::atomic<int> parts = 0;
  Pool* own = nullptr;
  Pool::Hooks hooks = squares(taken);
  hooks.work = [&](Scratch& scratch, int task) {
    own->share(scratch, 10, [&](Scratch&, std::size_t) { ++parts; });
    return task * task;
  };
  Pool pool(3, 8, hooks);
  own = &pool;
  for (int n = 0; n < 20; ++n) pool.submit(n);
  pool.finish();
  CHECK(taken == squares_up_to(20));
  CHECK(parts == 200);
}

TEST_CASE("what a worker throws reaches the owner, and the pool closes cleanly") {
  for (const std::size_t threads : {1U, 3U}) {
    std::vector<int> taken;
    Pool::Hooks hooks = squares(taken);
    hooks.work = [](Scratch&, int task) {
      if (task == 5) throw std::runtime_error("five");
      return task;
    };
    Pool pool(threads, 4, hooks);
    const auto run = [&] {
      for (int n = 0; n < 50; ++n) pool.submit(n);
      pool.finish();
    };
    CHECK_THROWS_WITH(run(), "five");
    CHECK(taken.size() <= 5);
  }
}

TEST_CASE("a part that throws ends the sharing and reaches the owner") {
  std::vector<int> taken;
  Pool* own = nullptr;
  Pool::Hooks hooks = squares(taken);
  hooks.work = [&](Scratch& scratch, int task) {
    own->share(scratch, 10, [](Scratch&, std::size_t index) {
      if (index == 3) throw std::runtime_error("three");
    });
    return task;
  };
  Pool pool(2, 4, hooks);
  own = &pool;
  pool.submit(1);
  CHECK_THROWS_WITH(pool.finish(), "three");
}

TEST_CASE("tasks left over when the pool is destroyed are dropped without being taken") {
  std::vector<int> taken;
  {
    Pool pool(2, 64, squares(taken));
    for (int n = 0; n < 32; ++n) pool.submit(n);
  }
  CHECK(taken.size() <= 32);
}

TEST_CASE("each thread is told of the tasks it works on next, all of them, in their order") {
  for (const std::size_t threads : {1U, 3U}) {
    std::mutex mutex;
    std::map<Scratch*, std::vector<int>> told;
    std::vector<int> taken;
    Pool::Hooks hooks = squares(taken);
    hooks.look_ahead = [&](Scratch& scratch, std::span<const int* const> tasks) {
      CHECK(tasks.size() <= 16);
      const std::lock_guard lock(mutex);
      for (const int* const task : tasks) told[&scratch].push_back(*task);
    };
    std::atomic<bool> as_told = true;
    hooks.work = [&](Scratch& scratch, int task) {
      const std::lock_guard lock(mutex);
      std::vector<int>& next = told[&scratch];
      as_told = as_told && !next.empty() && next.front() == task;
      if (!next.empty()) next.erase(next.begin());
      return task * task;
    };
    Pool pool(threads, 64, hooks);
    for (int n = 0; n < 300; ++n) pool.submit(n);
    pool.finish();
    CHECK(taken == squares_up_to(300));
    CHECK(as_told);
  }
}

TEST_CASE("what a look ahead throws comes out as what a task throws") {
  std::vector<int> taken;
  Pool::Hooks hooks = squares(taken);
  hooks.look_ahead = [](Scratch&, std::span<const int* const>) { throw std::runtime_error("ahead"); };
  Pool pool(2, 8, hooks);
  CHECK_THROWS_AS(([&] {
                    for (int n = 0; n < 100; ++n) pool.submit(n);
                    pool.finish();
                  }()),
                  std::runtime_error);
}

TEST_CASE("threads that were started early do the work, and those without any end") {
  for (const int count : {0, 1, 100}) {
    std::atomic<int> workers = 0;
    std::vector<int> taken;
    Pool::Hooks hooks = squares(taken);
    hooks.make_worker = [&] {
      ++workers;
      return std::make_unique<Scratch>();
    };
    {
      Pool pool(3, 8, hooks);
      pool.start();
      for (int n = 0; n < count; ++n) pool.submit(n);
      pool.finish();
    }
    CHECK(taken == squares_up_to(count));
    CHECK(workers == 3);
  }
}

TEST_CASE("a worker that cannot be made is a failure like any other") {
  std::vector<int> taken;
  Pool::Hooks hooks = squares(taken);
  hooks.make_worker = []() -> std::unique_ptr<Scratch> { throw std::runtime_error("no worker"); };
  Pool pool(2, 8, hooks);
  CHECK_THROWS_AS(([&] {
                    for (int n = 0; n < 100; ++n) pool.submit(n);
                    pool.finish();
                  }()),
                  std::runtime_error);
  CHECK(taken.empty());
}

namespace {

bool can_start_a_thread() {
  try {
    std::thread([] {}).join();
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// Whether `check` holds in a process that is allowed no second thread.
bool holds_without_threads(const std::function<bool()>& check) {
  constexpr uid_t k_nobody = 65'534;
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit none{0, 0};
    // The limit counts for everybody but root.
    const bool is_user = ::geteuid() != 0 || ::setuid(k_nobody) == 0;
    const bool is_limited = is_user && ::setrlimit(RLIMIT_NPROC, &none) == 0 && !can_start_a_thread();
    ::_exit(is_limited && check() ? 0 : 1);
  }
  int state = 0;
  const bool has_ended = child > 0 && ::waitpid(child, &state, 0) == child;
  return has_ended && WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

}  // namespace

TEST_CASE("where no thread can be started the owner does all the work, in the same order") {
  for (const bool has_tick : {false, true}) {
    for (const std::size_t capacity : {1U, 8U, 64U}) {
      CHECK(holds_without_threads([&] {
        std::vector<int> taken;
        Pool::Hooks hooks = squares(taken);
        if (has_tick) hooks.tick = [] {};
        Pool pool(4, capacity, hooks);
        pool.start();
        for (int n = 0; n < 100; ++n) pool.submit(n);
        pool.finish();
        for (int n = 100; n < 101; ++n) pool.submit(n);
        pool.finish();
        return taken == squares_up_to(101);
      }));
    }
  }
}

TEST_CASE("where no thread can be started the parts of a shared task are run by the one that shares") {
  CHECK(holds_without_threads([] {
    std::vector<int> taken;
    std::vector<std::size_t> parts;
    Pool* own = nullptr;
    Pool::Hooks hooks = squares(taken);
    hooks.work = [&](Scratch& scratch, int task) {
      own->share(scratch, 5, [&](Scratch&, std::size_t index) { parts.push_back(index); });
      return task * task;
    };
    Pool pool(4, 8, hooks);
    own = &pool;
    for (int n = 0; n < 2; ++n) pool.submit(n);
    pool.finish();
    return taken == squares_up_to(2) && parts == std::vector<std::size_t>{0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
  }));
}
