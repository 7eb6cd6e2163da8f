#include "cli/spool.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <string>

using session::cli::Spool;

namespace {

/// A limit of the process, put back at the end.
class Limit {
 public:
  Limit(__rlimit_resource what, rlim_t most) : what_(what) {
    REQUIRE(::getrlimit(what, &before_) == 0);
    const rlimit limit{most, before_.rlim_max};
    REQUIRE(::setrlimit(what, &limit) == 0);
  }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  ~Limit() { ::setrlimit(what_, &before_); }

 private:
  __rlimit_resource what_;
  rlimit before_{};
};

std::string all_of(Spool& spool) {
  std::string all;
  REQUIRE(spool.replay([&all](std::string_view piece) { all += piece; }));
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
    Spool spool;
    const std::string all = fill(spool, bytes);
    CHECK(all_of(spool) == all);
  }
}

TEST_CASE("what is longer than a piece is one") {
  Spool spool;
  const std::string first(500'000, 'a'), last(10, 'b');
  spool.add(first);
  spool.add(last);
  CHECK(all_of(spool) == first + last);
}

TEST_CASE("where no file can be had it stays in memory") {
  Spool spool;
  std::string all;
  {
    const Limit none(RLIMIT_NOFILE, 0);
    all = fill(spool, 300'000);
  }
  all += fill(spool, 1'000);
  CHECK(all_of(spool) == all);
}

TEST_CASE("what the file does not take stays in memory") {
  std::signal(SIGXFSZ, SIG_IGN);
  Spool spool;
  const Limit small(RLIMIT_FSIZE, 100'000);
  const std::string all = fill(spool, 1'000'000);
  CHECK(all_of(spool) == all);
}

}  // namespace
