#include "session/lock.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "session/atomic_write.h"
#include "support/temp_dir.h"

using namespace session;
using namespace std::chrono_literals;
using session::test::TempDir;

namespace {

Result<Lock> take(const Dir& dir, LockKind kind, milliseconds patience = 0ms) {
  return lock_file(real_fs(), dir, Name(k_lock_name), kind, patience);
}

}  // namespace

TEST_CASE("sharers share, and an exclusive holder excludes everybody") {
  const TempDir temp;
  const Dir dir = std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes));
  std::optional<Lock> first(std::move(*take(dir, LockKind::shared)));
  CHECK(real_fs().stat(dir, Name(k_lock_name))->mode == 0600);
  CHECK(take(dir, LockKind::shared));
  CHECK(take(dir, LockKind::exclusive).error().code == Errc::busy);
  first.reset();
  const Result<Lock> alone = take(dir, LockKind::exclusive);
  CHECK(alone);
  CHECK(take(dir, LockKind::shared).error().code == Errc::busy);
}

TEST_CASE("a lock that root makes belongs to the owner of the store") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root may give files away");
    return;
  }
  constexpr uid_t k_nobody = 65'534;
  const TempDir temp;
  REQUIRE(::chown(temp.path().c_str(), k_nobody, k_nobody) == 0);
  const Dir dir = std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes));
  REQUIRE(take(dir, LockKind::exclusive));
  const Stat lock = *real_fs().stat(dir, Name(k_lock_name));
  CHECK(lock.uid == k_nobody);
  CHECK(lock.gid == k_nobody);
  CHECK(lock.mode == 0600);
}

TEST_CASE("patience waits for the holder to leave, and no longer than told") {
  const TempDir temp;
  const Dir dir = std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes));
  std::optional<Lock> held(std::move(*take(dir, LockKind::exclusive)));
  const auto start = std::chrono::steady_clock::now();
  CHECK(take(dir, LockKind::exclusive, 30ms).error().code == Errc::busy);
  CHECK(std::chrono::steady_clock::now() - start >= 30ms);
  std::jthread holder([&] {
    std::this_thread::sleep_for(20ms);
    held.reset();
  });
  CHECK(take(dir, LockKind::exclusive, 10s));
}

TEST_CASE("a lock whose file was removed meanwhile is taken anew on the file that stands there") {
  const TempDir temp;
  const Dir dir = std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes));
  const Result<Lock> stale = take(dir, LockKind::exclusive);
  std::filesystem::remove(temp / ".lock");
  const Result<Lock> fresh = take(dir, LockKind::exclusive);
  CHECK(fresh);
  CHECK(take(dir, LockKind::exclusive).error().code == Errc::busy);
}

TEST_CASE("who waits for a session that is replaced meanwhile gets the new version") {
  const TempDir temp;
  const Dir dir = std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes));
  const auto lock = [&](milliseconds patience) {
    return open_locked(real_fs(), dir, "a", Access::read, LockKind::exclusive, patience);
  };
  CHECK(lock(0ms).error().code == Errc::not_found);
  session::test::write_file(temp / "a", "old");
  std::optional<File> held(std::move(*lock(0ms)));
  CHECK(lock(0ms).error().code == Errc::busy);
  std::jthread holder([&] {
    std::this_thread::sleep_for(20ms);
    CHECK(atomic_write(real_fs(), dir, "a", "new", {}));
    held.reset();
  });
  const Result<File> next = lock(10s);
  REQUIRE(next);
  CHECK(*read_all(real_fs(), *next, 100) == "new");
}
