#include <doctest/doctest.h>
#include <sys/resource.h>

#include "session/execute.h"
#include "support/temp_dir.h"
#include "sys/dirty_pages.h"

using namespace session;
using session::test::read_file;
using session::test::TempDir;
using session::test::write_file;

namespace {

std::vector<ReplaceStep> many_steps(int count) {
  std::vector<ReplaceStep> steps;
  for (int i = 0; i < count; ++i) {
    steps.push_back({"s" + std::to_string(i), share("{\"n\":" + std::to_string(i) + "}"), {}});
  }
  return steps;
}

Dir open_temp(const TempDir& temp) { return std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes)); }

std::ptrdiff_t entries_of(const TempDir& temp) {
  const auto all = std::filesystem::directory_iterator(temp.path());
  return std::distance(begin(all), end(all));
}

void check_all_written(const TempDir& temp, const std::vector<Result<Outcome>>& outcomes, int count) {
  REQUIRE(outcomes.size() == static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    REQUIRE(outcomes[static_cast<std::size_t>(i)]);
    CHECK(read_file(temp / ("s" + std::to_string(i))) == "{\"n\":" + std::to_string(i) + "}");
  }
  CHECK(entries_of(temp) == count);
}

}  // namespace

TEST_CASE("a group of any size is written whole, by either kind of flush") {
  for (const GroupFlush flush :
       {GroupFlush::automatic, GroupFlush::each_file, GroupFlush::whole_file_system}) {
    for (const int count : {0, 1, 7, 130}) {
      const TempDir temp;
      const Dir dir = open_temp(temp);
      const GroupOptions options{.flush = flush, .flush_threads = 4, .most_open_files = 50};
      const std::vector<ReplaceStep> steps = many_steps(count);
      check_all_written(temp, execute_group(real_fs(), dir, steps, options), count);
      check_all_written(temp, execute_group(real_fs(), dir, steps, options), count);
    }
  }
}

TEST_CASE("steps that fail say why, each for itself, and the others are done") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  write_file(temp / "taken", "old");
  std::filesystem::create_directory(temp / "dir");
  std::vector<ReplaceStep> steps = many_steps(2);
  steps.push_back({"taken", share("new"), {.existing = Existing::refuse}});
  steps.push_back({"dir", share("new"), {}});
  steps.push_back({"gone", share("new"), {.expected = FileId{}}});
  steps.push_back({"last", share("new"), {}});
  const std::vector<Result<Outcome>> outcomes = execute_group(real_fs(), dir, steps, {});
  REQUIRE(outcomes.size() == 6);
  CHECK(outcomes[0]);
  CHECK(outcomes[1]);
  CHECK(describe(outcomes[2].error()) == temp / "taken: create: already exists");
  CHECK(outcomes[3].error().code == Errc::not_regular);
  CHECK(outcomes[4].error().code == Errc::changed);
  CHECK(outcomes[5]);
  CHECK(read_file(temp / "taken") == "old");
  CHECK(entries_of(temp) == 5);
}

TEST_CASE("of several steps with one name the last stands") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  const std::vector<ReplaceStep> steps = {
      {"a", share("1"), {}}, {"a", share("2"), {}}, {"a", share("3"), {}}};
  for (const Result<Outcome>& outcome : execute_group(real_fs(), dir, steps, {})) CHECK(outcome);
  CHECK(read_file(temp / "a") == "3");
  CHECK(entries_of(temp) == 1);
}

TEST_CASE("a process with few descriptors commits in smaller groups") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  rlimit before;
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit few{30, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  const std::vector<Result<Outcome>> outcomes =
      execute_group(real_fs(), dir, many_steps(100), {.flush = GroupFlush::each_file});
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  check_all_written(temp, outcomes, 100);
}

TEST_CASE("dirty pages are read from /proc/meminfo") {
  CHECK(parse_dirty_pages("MemFree: 7 kB\nDirty:    12 kB\nWriteback:  3 kB\nWritebackTmp: 9 kB\n") ==
        15 * 1024);
  CHECK_FALSE(parse_dirty_pages("Dirty: 12 kB\n"));
  CHECK_FALSE(parse_dirty_pages("Dirty:\nWriteback: x\n"));
  CHECK_FALSE(parse_dirty_pages(""));
  CHECK(dirty_page_bytes(real_fs()));
}
