// The group commit on file systems that fail at every call and lose power after every call.

#include <doctest/doctest.h>

#include <cerrno>

#include "session/execute.h"
#include "support/crash_fs.h"
#include "support/fault_fs.h"

using namespace session;
using namespace session::test;

namespace {

constexpr int k_errnos[] = {ENOSPC, EIO, EDQUOT, EROFS, EACCES, EINTR, EMFILE};

struct Item {
  Name name;
  std::optional<Bytes> old_content;
  Bytes new_content;
};
const Item k_items[] = {{"a", "old", "newer!"}, {"b", std::nullopt, "b2"}, {"c", "o", "n"}};

// In one thread, so that the calls come in one order.
GroupOptions options_of(GroupFlush flush, std::size_t most_open_files = 512) {
  return {.flush = flush, .flush_threads = 1, .most_open_files = most_open_files};
}

void prepare(MemoryFs& fs, std::size_t count) {
  fs.add_file("/s/other", "x");
  for (std::size_t i = 0; i < count; ++i) {
    if (k_items[i].old_content) fs.add_file("/s/" + k_items[i].name, *k_items[i].old_content);
  }
}

std::vector<Result<Outcome>> run(Fs& fs, std::size_t count, const GroupOptions& options) {
  std::vector<ReplaceStep> steps;
  for (std::size_t i = 0; i < count; ++i)
    steps.push_back({k_items[i].name, share(k_items[i].new_content), {}});
  const Result<Dir> dir = fs.open_dir("/s", FollowLinks::yes);
  if (!dir) return std::vector<Result<Outcome>>(count, Unexpected{dir.error()});
  return execute_group(fs, *dir, steps, options);
}

void check_each_by_its_answer(const MemoryFs& fs, const std::vector<Result<Outcome>>& outcomes) {
  REQUIRE(outcomes.size() == std::size(k_items));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Item& item = k_items[i];
    const bool in_place = outcomes[i] || outcomes[i].error().code == Errc::durability_unknown;
    CHECK(fs.content("/s/" + item.name) == (in_place ? std::optional(item.new_content) : item.old_content));
    if (!outcomes[i]) CHECK(outcomes[i].error().subject.starts_with("/s"));
  }
  for (const Name& name : fs.names("/s")) CHECK(name.find(".tmp.") == Name::npos);
}

}  // namespace

TEST_CASE("whichever call fails, each item is what its answer says") {
  for (const GroupFlush flush : {GroupFlush::each_file, GroupFlush::whole_file_system}) {
    for (const int os_errno : k_errnos) {
      bool reached = true;
      for (std::size_t call = 0; reached; ++call) {
        CAPTURE(os_errno);
        CAPTURE(call);
        MemoryFs below;
        prepare(below, std::size(k_items));
        FaultFs fs(below, {call, os_errno});
        const std::vector<Result<Outcome>> outcomes = run(fs, std::size(k_items), options_of(flush));
        reached = fs.failed().has_value();
        check_each_by_its_answer(below, outcomes);
      }
    }
  }
}

TEST_CASE("one item that fails does not fail the others") {
  std::size_t failures = 0;
  bool reached = true;
  for (std::size_t call = 0; reached; ++call) {
    MemoryFs fresh;
    prepare(fresh, std::size(k_items));
    FaultFs fs(fresh, {call, EIO});
    std::size_t failed = 0;
    for (const Result<Outcome>& outcome : run(fs, std::size(k_items), options_of(GroupFlush::each_file))) {
      if (!outcome) ++failed;
    }
    reached = fs.failed().has_value();
    CHECK((failed <= 1 || failed == std::size(k_items)));  // all: the directory itself, or its flush
    if (failed == 1) ++failures;
  }
  CHECK(failures > 10);
}

TEST_CASE("a disk that gets full in the middle saves what fits") {
  for (std::uint64_t room = 0; room <= 9; ++room) {
    MemoryFs fs;
    prepare(fs, std::size(k_items));
    fs.set_capacity(5 + room);
    check_each_by_its_answer(fs, run(fs, std::size(k_items), options_of(GroupFlush::whole_file_system)));
  }
}

TEST_CASE("after a power cut each item is old or new, and all of an acknowledged group are new") {
  for (const GroupFlush flush : {GroupFlush::each_file, GroupFlush::whole_file_system}) {
    for (const std::size_t most_open_files : {std::size_t{1}, std::size_t{512}}) {
      constexpr std::size_t k_count = std::size(k_items);
      const std::size_t survivors = for_each_power_cut(
          [](MemoryFs& fs) { prepare(fs, k_count); },
          [&](Fs& fs) {
            for (const Result<Outcome>& outcome : run(fs, k_count, options_of(flush, most_open_files))) {
              if (!outcome) return false;
            }
            return true;
          },
          [](const MemoryFs& fs, bool finished) {
            for (std::size_t i = 0; i < k_count; ++i) {
              const std::optional<Bytes> content = fs.content("/s/" + k_items[i].name);
              CHECK((content == k_items[i].new_content || (!finished && content == k_items[i].old_content)));
            }
          });
      CHECK(survivors > 50);
    }
  }
}
