// A small store in the process itself: the whole of a run but its start, planned only and carried out.

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/output.h"
#include "commands/clean/tool.h"
#include "support/clean_store.h"

using namespace session;

namespace {

constexpr int k_sessions = 1'000;
constexpr int k_stale = 100;
constexpr int k_rounds = 30;

double run_in_process(const test::CleanStore& store, std::vector<std::string> words) {
  words.insert(words.begin(), {"--quiet", "--as-of", test::k_as_of, "--layout", "synapse"});
  words.push_back(store.path());
  cli::Output nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC), cli::Output::Buffering::whole);
  const Environment empty = [](std::string_view) { return std::optional<std::string>(); };
  cli::World world{nowhere, nowhere, 1, 2, real_fs(), empty, store.root().path()};
  const auto tool = commands::clean_tool();
  const auto begin = std::chrono::steady_clock::now();
  const cli::ExitStatus status = cli::run_in(world, *tool, words);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  REQUIRE(status == cli::k_exit_fine);
  return took.count();
}

}  // namespace

TEST_CASE("clean: a small store") {
  const std::string padding = R"(,"pad":")" + std::string(1'800, 'x') + '"';
  double judged = 1e9;
  double cleaned = 1e9;
  for (int round = 0; round < k_rounds; ++round) {
    const test::CleanStore store;
    for (int i = 0; i < k_sessions; ++i) {
      store.put_session("s" + std::to_string(i), i < k_stale ? test::k_old : test::k_fresh, padding);
    }
    judged = std::min(judged, run_in_process(store, {"--dry-run"}));
    cleaned = std::min(cleaned, run_in_process(store, {}));
  }
  std::printf("%d sessions judged in %.2f ms; %d of them removed at %.4f ms each\n", k_sessions, judged,
              k_stale, (cleaned - judged) / k_stale);
}
