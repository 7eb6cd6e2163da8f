// Writers that refresh sessions by atomic rename while cleaners run over the store without a pause: no
// session that was refreshed is ever lost. And things that change or vanish under a cleaner's hands.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>

#include "support/clean_store.h"

using namespace session::test;

namespace {

constexpr int k_writers = 8;
constexpr int k_sessions_a_writer = 12;
constexpr auto k_time = std::chrono::milliseconds{1500};

std::string stem(int writer, int number) {
  return "w" + std::to_string(writer) + "-" + std::to_string(number);
}

/// As nanobot does, whose temporaries name no process: nothing tells the cleaner that a writer is at work.
void save(const CleanStore& store, const std::string& id, const char* activity) {
  const std::string temporary = store / ("." + id + ".json.0123456789abcdef.tmp");
  write_file(temporary, synapse_session(id, activity));
  std::filesystem::rename(temporary, store / (id + ".json"));
}

/// Whether the refreshed session is there. A cleaner may be holding it for the moment between claiming it and
/// seeing that it is not the file that was judged.
bool is_there(const CleanStore& store, const std::string& id) {
  const std::string expected = synapse_session(id, k_fresh);
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (read_file(store / (id + ".json")) == expected) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace

TEST_CASE("no refreshed session is lost to cleaners that run all the time") {
  const CleanStore store;
  const auto end = std::chrono::steady_clock::now() + k_time;
  std::atomic<int> lost = 0;
  std::atomic<int> refreshed = 0;
  std::atomic<int> failed_runs = 0;
  const auto write = [&](int writer) {
    while (std::chrono::steady_clock::now() < end) {
      for (int number = 0; number < k_sessions_a_writer; ++number) {
        save(store, stem(writer, number), k_old);
        std::this_thread::yield();
        save(store, stem(writer, number), k_fresh);
        ++refreshed;
      }
      for (int number = 0; number < k_sessions_a_writer; ++number) {
        if (!is_there(store, stem(writer, number))) ++lost;
      }
    }
  };
  const auto clean = [&] {
    while (std::chrono::steady_clock::now() < end) {
      const ProcessResult result = store.clean({"--quiet"});
      if (result.status != 0 || !result.err.empty()) {
        ++failed_runs;
        static std::mutex one_at_a_time;
        const std::lock_guard lock(one_at_a_time);
        MESSAGE(result.err);
      }
    }
  };
  std::vector<std::thread> threads;
  for (int writer = 0; writer < k_writers; ++writer) threads.emplace_back(write, writer);
  for (int cleaner = 0; cleaner < 2; ++cleaner) threads.emplace_back(clean);
  for (std::thread& thread : threads) thread.join();

  CHECK(lost == 0);
  CHECK(failed_runs == 0);
  CHECK(refreshed > k_writers * k_sessions_a_writer);
  CHECK(store.clean().status == 0);
  for (int writer = 0; writer < k_writers; ++writer) {
    for (int number = 0; number < k_sessions_a_writer; ++number) {
      CAPTURE(stem(writer, number));
      CHECK(read_file(store / (stem(writer, number) + ".json")) ==
            synapse_session(stem(writer, number), k_fresh));
    }
  }
}

TEST_CASE("a store that vanishes in the middle of a run is no crash") {
  for (int round = 0; round < 5; ++round) {
    const CleanStore store;
    for (int i = 0; i < 300; ++i) store.put_session("s" + std::to_string(i), k_old);
    std::thread vanish([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(round * 2));
      std::filesystem::rename(store.path(), store.root() / "elsewhere");
    });
    const ProcessResult result = store.clean({"--quiet"});
    vanish.join();
    CHECK(result.signal == 0);
    CHECK((result.status == 0 || result.status == 8));
    CHECK_FALSE(std::filesystem::exists(store.path()));
    std::filesystem::create_directories(store.path());
  }
}

TEST_CASE("two cleaners at once remove everything stale between them, and nothing else") {
  const CleanStore store;
  for (int i = 0; i < 400; ++i) store.put_session("s" + std::to_string(i), i % 2 == 0 ? k_old : k_fresh);
  ProcessResult results[2];
  std::thread other([&] { results[1] = store.clean(); });
  results[0] = store.clean();
  other.join();
  CHECK(results[0].status == 0);
  CHECK(results[1].status == 0);
  for (int i = 0; i < 400; ++i) {
    CHECK(std::filesystem::exists(store / ("s" + std::to_string(i) + ".json")) == (i % 2 == 1));
  }
}
