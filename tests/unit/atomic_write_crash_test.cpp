// The atomic write on file systems that fail at every call and lose power after every call.

#include <doctest/doctest.h>

#include <cerrno>

#include "session/atomic_write.h"
#include "support/crash_fs.h"
#include "support/fault_fs.h"

using namespace session;
using namespace session::test;

namespace {

constexpr std::string_view k_old = "{\"old\":1}";
constexpr std::string_view k_new = "{\"newer\":22}";
constexpr int k_errnos[] = {ENOSPC, EIO, EDQUOT, EROFS, EACCES, EINTR};

/// Where a save may find itself: an old file, none, no directory either, a symlink in the way.
struct Scene {
  const char* name;
  bool old_file;
  std::function<void(MemoryFs&)> prepare;
  Path path;    // as it is saved
  Path target;  // where the bytes are to be
};

void prepare_another_owner(MemoryFs& fs) {
  fs.add_file("/s/a", Bytes(k_old));
  const Dir dir = std::move(*fs.open_dir("/s", FollowLinks::yes));
  const File file = std::move(*fs.open(dir, "a", Access::append));
  REQUIRE(fs.set_owner(file, 12, 34));
  REQUIRE(fs.set_mode(file, 0640));
}

void prepare_symlink(MemoryFs& fs) {
  fs.add_file("/s/real/a", Bytes(k_old));
  fs.add_symlink("/s/link", "real/a");
}

const Scene k_scenes[] = {
    {"replace", true, [](MemoryFs& fs) { fs.add_file("/s/a", Bytes(k_old)); }, "/s/a", "/s/a"},
    {"replace, of another owner", true, prepare_another_owner, "/s/a", "/s/a"},
    {"replace, through a symlink", true, prepare_symlink, "/s/link", "/s/real/a"},
    {"create", false, [](MemoryFs& fs) { fs.add_file("/s/b", "B"); }, "/s/a", "/s/a"},
    {"new directories", false, [](MemoryFs& fs) { fs.add_file("/s/b", "B"); }, "/s/x/y/a", "/s/x/y/a"},
};

void check_whole(const MemoryFs& fs, const Scene& scene) {
  const std::optional<Bytes> content = fs.content(scene.target);
  if (content) {
    CHECK((*content == k_new || (scene.old_file && *content == k_old)));
  } else {
    CHECK_FALSE(scene.old_file);
  }
}

/// No temporary: nothing but the target and what else was there.
void check_no_leftovers(const MemoryFs& fs) {
  for (const Path dir : {"/s", "/s/real", "/s/x/y"}) {
    for (const Name& name : fs.names(dir)) CHECK(name.find(".tmp.") == Name::npos);
  }
}

}  // namespace

TEST_CASE("owner and mode are those of the old version") {
  MemoryFs fs;
  prepare_another_owner(fs);
  REQUIRE(atomic_write(fs, "/s/a", k_new, {}));
  const Dir dir = std::move(*fs.open_dir("/s", FollowLinks::yes));
  const Stat stat = *fs.stat(dir, "a");
  CHECK(stat.uid == 12);
  CHECK(stat.gid == 34);
  CHECK(stat.mode == 0640);
}

TEST_CASE("whichever call fails, and however, the target is old or new, and the error says what failed") {
  for (const Scene& scene : k_scenes) {
    for (const int os_errno : k_errnos) {
      bool reached = true;
      for (std::size_t call = 0; reached; ++call) {
        CAPTURE(scene.name);
        CAPTURE(os_errno);
        CAPTURE(call);
        MemoryFs below;
        scene.prepare(below);
        FaultFs fs(below, {call, os_errno});
        const Result<Written> written = atomic_write(fs, scene.path, k_new, {});
        reached = fs.failed().has_value();
        check_no_leftovers(below);
        if (written) {
          CHECK((!reached || os_errno == EINTR));  // a write that was interrupted is made again
          CHECK(below.content(scene.target) == k_new);
          continue;
        }
        const Error& error = written.error();
        CHECK(error.op == *fs.failed());
        CHECK(error.os_errno == os_errno);
        CHECK(describe(error).starts_with("/s"));
        const bool in_place = error.code == Errc::durability_unknown;
        CHECK(below.content(scene.target).value_or("(none)") == (in_place         ? k_new
                                                                 : scene.old_file ? k_old
                                                                                  : "(none)"));
      }
    }
  }
}

TEST_CASE("when everything fails from some call on, a temporary that stays behind is named") {
  for (const Scene& scene : k_scenes) {
    for (const int os_errno : k_errnos) {
      if (os_errno == EINTR) continue;  // a write interrupted for ever is made for ever
      bool reached = true;
      for (std::size_t call = 0; reached; ++call) {
        MemoryFs below;
        scene.prepare(below);
        FaultFs fs(below, {call, os_errno, FaultSpan::from_then_on});
        const Result<Written> written = atomic_write(fs, scene.path, k_new, {});
        reached = fs.failed().has_value();
        check_whole(below, scene);
        if (written) continue;
        bool left = false;
        for (const Path dir : {"/s", "/s/real", "/s/x/y"}) {
          for (const Name& name : below.names(dir)) left = left || name.find(".tmp.") != Name::npos;
        }
        CHECK(left == (written.error().detail.find("temporary could not be removed") != Bytes::npos));
      }
    }
  }
}

TEST_CASE("short writes are completed") {
  for (const Scene& scene : k_scenes) {
    for (std::size_t call = 0; call < 20; ++call) {
      MemoryFs below;
      scene.prepare(below);
      FaultFs fs(below, {call, 0, FaultSpan::from_then_on});
      REQUIRE(atomic_write(fs, scene.path, k_new, {}));
      CHECK(below.content(scene.target) == k_new);
      check_no_leftovers(below);
    }
  }
}

TEST_CASE("a disk that gets full at any byte leaves the old content and no temporary") {
  for (const Scene& scene : k_scenes) {
    for (std::uint64_t room = 0; room <= k_new.size(); ++room) {
      MemoryFs below;
      scene.prepare(below);
      const std::uint64_t used = scene.old_file ? k_old.size() : 1;
      below.set_capacity(used + room);
      const Result<Written> written = atomic_write(below, scene.path, k_new, {});
      CHECK(written.has_value() == (room == k_new.size()));
      check_no_leftovers(below);
      if (written) continue;
      CHECK(written.error().code == Errc::no_space);
      CHECK(written.error().subject == scene.target);
      CHECK(below.content(scene.target).value_or("(none)") == (scene.old_file ? k_old : "(none)"));
    }
  }
}

TEST_CASE("after a power cut at any point the target is old or new, and what was acknowledged stays") {
  for (const Scene& scene : k_scenes) {
    CAPTURE(scene.name);
    const std::size_t survivors = for_each_power_cut(
        scene.prepare, [&](Fs& fs) { return atomic_write(fs, scene.path, k_new, {}).has_value(); },
        [&](const MemoryFs& fs, bool finished) {
          check_whole(fs, scene);
          if (finished) CHECK(fs.content(scene.target) == k_new);
        });
    CHECK(survivors > 100);
  }
}

TEST_CASE("without the flush of the name a power cut brings back the old version or what took its blocks") {
  const Scene& scene = k_scenes[0];
  std::size_t old_after_return = 0;
  for_each_power_cut(
      scene.prepare,
      [&](Fs& fs) {
        return atomic_write(fs, scene.path, k_new, {.durability = Durability::data}).has_value();
      },
      [&](const MemoryFs& fs, bool finished) {
        const std::optional<Bytes> content = fs.content(scene.target);
        REQUIRE(content);
        // Nothing holds the blocks of the old version until its name is gone from the medium, too.
        const bool given_away = *content == Bytes(k_old.size(), '#');
        CHECK((*content == k_old || *content == k_new || (finished && given_away)));
        if (finished && *content != k_new) ++old_after_return;
      });
  CHECK(old_after_return > 0);
}

TEST_CASE("a second save after the crash of a first works in every state the first left") {
  const Scene& scene = k_scenes[0];
  for_each_power_cut(
      scene.prepare, [&](Fs& fs) { return atomic_write(fs, scene.path, k_new, {}).has_value(); },
      [&](MemoryFs& fs, bool) {
        REQUIRE(atomic_write(fs, scene.path, "[]", {}));
        CHECK(fs.content(scene.target) == "[]");
      });
}
