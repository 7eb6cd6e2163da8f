// The model of power cuts must be able to find what is wrong: sequences that are known to lose or tear
// files do so here, and each of the precautions of the atomic write is missed when it is left out.

#include <doctest/doctest.h>

#include <set>

#include "session/atomic_write.h"
#include "support/crash_fs.h"

using namespace session;
using namespace session::test;

namespace {

constexpr std::string_view k_old = "{\"old\":1}";
constexpr std::string_view k_new = "{\"newer\":22}";

void prepare(MemoryFs& fs) {
  fs.add_file("/s/a", Bytes(k_old));
  fs.add_file("/s/other", "{}");
}

enum class Leave : std::uint8_t { nothing, file_flush, dir_flush, pin, replacing };

/// The steps of an atomic write by hand, but for one.
bool write_without(Fs& fs, Leave left_out) {
  const Dir dir = std::move(*fs.open_dir("/s", FollowLinks::yes));
  File temp = std::move(*fs.create(dir, "a.tmp.1", 0600));
  bool done = write_fully(fs, temp, k_new).has_value();
  if (left_out != Leave::file_flush) done = done && fs.sync(temp, SyncKind::full);
  done = done && fs.close(std::move(temp));
  File old;
  if (left_out != Leave::pin) old = std::move(*fs.pin(dir, "a"));
  if (left_out == Leave::replacing) done = done && fs.unlink(dir, "a");
  done = done && fs.rename(dir, "a.tmp.1", dir, "a");
  if (left_out != Leave::dir_flush) done = done && fs.sync(dir);
  return done;
}

struct Found {
  bool torn = false;
  bool acknowledged_lost = false;
  bool missing = false;
};

Found cut_everywhere(Leave left_out) {
  Found found;
  for_each_power_cut(
      prepare, [&](Fs& fs) { return write_without(fs, left_out); },
      [&](MemoryFs& fs, bool finished) {
        const std::optional<Bytes> content = fs.content("/s/a");
        if (!content) found.missing = true;
        if (content && *content != k_old && *content != k_new) found.torn = true;
        if (finished && content != k_new) found.acknowledged_lost = true;
      });
  return found;
}

std::set<Bytes> contents_after(const std::function<void(Fs&, const Dir&)>& program) {
  MemoryFs below;
  below.add_file("/s/a", "AB");
  {
    const Dir dir = std::move(*below.open_dir("/s", FollowLinks::yes));
    program(below, dir);
  }
  below.freeze();
  std::set<Bytes> contents;
  for_each_survivor(below, [&](MemoryFs& fs) { contents.insert(fs.content("/s/a").value_or("(none)")); });
  return contents;
}

}  // namespace

TEST_CASE("the whole sequence is safe") {
  const Found found = cut_everywhere(Leave::nothing);
  CHECK_FALSE(found.torn);
  CHECK_FALSE(found.missing);
  CHECK_FALSE(found.acknowledged_lost);
}

TEST_CASE("without the flush of the file the target comes back torn") {
  CHECK(cut_everywhere(Leave::file_flush).torn);
}

TEST_CASE("without the flush of the directory an acknowledged save is lost") {
  const Found found = cut_everywhere(Leave::dir_flush);
  CHECK(found.acknowledged_lost);
}

TEST_CASE("without holding the old inode the target comes back with foreign bytes") {
  const Found found = cut_everywhere(Leave::pin);
  CHECK(found.torn);
  CHECK_FALSE(found.acknowledged_lost);
}

TEST_CASE("deleting before renaming leaves a moment without a file") {
  CHECK(cut_everywhere(Leave::replacing).missing);
}

TEST_CASE("an append that was not flushed survives in part, as zeroes or as foreign bytes") {
  const std::set<Bytes> contents = contents_after([](Fs& fs, const Dir& dir) {
    const File file = std::move(*fs.open(dir, "a", Access::append));
    REQUIRE(fs.write(file, "cde"));
  });
  const Bytes nul(1, '\0');
  const Bytes lost = "AB" + nul + nul;
  CHECK(contents == std::set<Bytes>{"AB", "ABc", "ABcd", "ABcde", "ABcd" + nul, "ABcd#", "AB" + nul, lost,
                                    lost + "e", lost + nul, lost + "#"});
}

TEST_CASE("flushed content stays, and an unflushed name of it may not") {
  CHECK(contents_after([](Fs& fs, const Dir& dir) {
          const File file = std::move(*fs.open(dir, "a", Access::append));
          REQUIRE(fs.write(file, "cd"));
          REQUIRE(fs.sync(file, SyncKind::full));
        }) == std::set<Bytes>{"ABcd"});
  CHECK(contents_after([](Fs& fs, const Dir& dir) { REQUIRE(fs.rename(dir, "a", dir, "b")); }) ==
        std::set<Bytes>{"AB", "(none)"});
}

TEST_CASE("changes of different names survive independently, of one name in order") {
  MemoryFs below;
  below.add_file("/s/a", "A");
  below.add_file("/s/b", "B");
  const Dir dir = std::move(*below.open_dir("/s", FollowLinks::yes));
  REQUIRE(below.rename(dir, "a", dir, "c"));
  REQUIRE(below.rename(dir, "c", dir, "d"));
  REQUIRE(below.rename(dir, "b", dir, "e"));
  std::set<std::vector<Name>> found;
  CHECK(for_each_survivor(below, [&](MemoryFs& fs) { found.insert(fs.names("/s")); }) == 6);
  CHECK(found ==
        std::set<std::vector<Name>>{{"a", "b"}, {"b", "c"}, {"b", "d"}, {"a", "e"}, {"c", "e"}, {"d", "e"}});
}

TEST_CASE("a rename between directories is kept by the flush of the one that got the name") {
  MemoryFs below;
  below.add_file("/s/a", "A");
  below.add_file("/t/x", "");
  const Dir from = std::move(*below.open_dir("/s", FollowLinks::yes));
  const Dir to = std::move(*below.open_dir("/t", FollowLinks::yes));
  REQUIRE(below.rename(from, "a", to, "a"));
  REQUIRE(below.sync(from));
  CHECK(for_each_survivor(below, [](MemoryFs&) {}) == 2);
  REQUIRE(below.sync(to));
  CHECK(for_each_survivor(below, [](MemoryFs& fs) { CHECK(fs.content("/t/a") == "A"); }) == 1);
}
