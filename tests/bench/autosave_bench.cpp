// How long the table of autosave is locked for a snapshot, and what a round costs, by how many sessions are
// held and how many of them are unsaved.

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>

#include "session/autosave.h"
#include "support/temp_dir.h"

using namespace session;

namespace {

double microseconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

void measure(std::size_t sessions, std::size_t unsaved) {
  const test::TempDir root;
  LoadReport loaded;
  const auto autosave = *Autosave::open(real_fs(), root / "store", {.durability = Durability::none}, loaded);
  const Bytes content = "{\"text\":\"" + std::string(500, 'x') + "\"}";
  for (std::size_t i = 0; i < sessions; ++i) REQUIRE(autosave->put("s" + std::to_string(i), content));
  const RoundReport all = autosave->save_unsaved();
  REQUIRE(all.saved == sessions);
  for (std::size_t i = 0; i < unsaved; ++i) {
    REQUIRE(autosave->put("s" + std::to_string(i * (sessions / unsaved)), content));
  }
  const RoundReport some = autosave->save_unsaved();
  REQUIRE(some.saved == unsaved);
  const RoundReport none = autosave->save_unsaved();
  std::printf("%9zu %9zu %14.1f %14.1f %14.1f %14.1f\n", sessions, unsaved, microseconds_of(some.lock_held),
              microseconds_of(some.elapsed) / 1'000, microseconds_of(none.elapsed) / 1'000,
              microseconds_of(all.lock_held));
}

}  // namespace

TEST_CASE("autosave: lock and round") {
  std::printf("%9s %9s %14s %14s %14s %14s\n", "sessions", "unsaved", "lock us", "round ms", "idle round ms",
              "lock us, all");
  measure(1'000, 10);
  measure(1'000, 1'000);
  measure(10'000, 1'000);
  measure(100'000, 1'000);
}
