#include "cli/spool.h"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "support/environment.h"
#include "support/resource_limit.h"
#include "support/temp_dir.h"

using session::cli::Spool;
using session::test::ResourceLimit;

namespace {

std::string all_of(Spool& spool) {
  std::string all;
  const auto take = [&all](std::string_view piece) {
    all += piece;
    return session::Result<void>();
  };
  REQUIRE(spool.replay(take).has_value());
  return all;
}

/// Adds `bytes` of text that says where in it one is; returns all of it.
std::string fill(Spool& spool, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) {
    const std::string line = std::to_string(all.size()) + "\n";
    spool.add(line);
    all += line;
  }
  return all;
}

TEST_CASE("little and much comes back as it went in") {
  for (const std::size_t bytes : {0U, 10U, 65'000U, 66'000U, 1'000'000U}) {
    Spool spool(std::nullopt);
    const std::string all = fill(spool, bytes);
    CHECK(all_of(spool) == all);
  }
}

TEST_CASE("what is longer than a piece is one") {
  Spool spool(std::nullopt);
  const std::string first(500'000, 'a'), last(10, 'b');
  spool.add(first);
  spool.add(last);
  CHECK(all_of(spool) == first + last);
}

TEST_CASE("where no file can be had it stays in memory") {
  Spool spool(std::nullopt);
  std::string all;
  {
    const ResourceLimit none(RLIMIT_NOFILE, 0);
    all = fill(spool, 300'000);
  }
  all += fill(spool, 1'000);
  CHECK(all_of(spool) == all);
}

/// How many descriptors of this process lead to a file in or below `directory`.
int files_open_in(const std::string& directory) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    count += std::filesystem::read_symlink(entry, gone).string().starts_with(directory + "/") ? 1 : 0;
  }
  return count;
}

TEST_CASE("the file lies in the directory that is named, without a name") {
  const session::test::TempDir directory;
  Spool spool(directory.path());
  const std::string little = fill(spool, 1'000);
  CHECK(files_open_in(directory.path()) == 0);
  const std::string much = fill(spool, 300'000);
  CHECK(files_open_in(directory.path()) == 1);
  CHECK(std::filesystem::is_empty(directory.path()));
  CHECK(all_of(spool) == little + much);
}

TEST_CASE("a named directory that takes no file is an error once one is needed") {
  const session::test::TempDir directory;
  Spool spool(directory / "no");
  const std::string little = fill(spool, 1'000);
  CHECK(all_of(spool) == little);
  fill(spool, 300'000);
  const session::Result<void> replayed = spool.replay([](std::string_view) {
    FAIL("nothing of it is whole");
    return session::Result<void>();
  });
  REQUIRE(!replayed.has_value());
  CHECK(describe(replayed.error()) ==
        directory /
            "no: create: No such file or directory: TMPDIR names it for a file that takes what can only "
            "be written at the end");
}

TEST_CASE("TMPDIR names the directory, unless it is empty") {
  using session::cli::named_temporary_directory;
  using session::test::environment_of;
  CHECK(named_temporary_directory(environment_of({})) == std::nullopt);
  CHECK(named_temporary_directory(environment_of({{"TMPDIR", ""}})) == std::nullopt);
  CHECK(named_temporary_directory(environment_of({{"TMPDIR", "/var/tmp"}})) == "/var/tmp");
}

TEST_CASE("what the file does not take stays in memory") {
  std::signal(SIGXFSZ, SIG_IGN);
  Spool spool(std::nullopt);
  const ResourceLimit small(RLIMIT_FSIZE, 100'000);
  const std::string all = fill(spool, 1'000'000);
  CHECK(all_of(spool) == all);
}

}  // namespace
