#include "session/atomic_write.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "session/process.h"
#include "support/interposed_fs.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::read_file;
using session::test::TempDir;
using session::test::write_file;

namespace {

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    names.push_back(entry.path().filename());
  return names;
}

mode_t mode_of(const std::string& path) {
  struct stat about;
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 07777;
}

constexpr uid_t k_nobody = 65'534;

/// Knows files without a name, and lets nobody name one.
class NoLinks final : public session::test::InterposedFs {
 public:
  using InterposedFs::InterposedFs;
  Result<File> create_unnamed(const Dir& dir, Mode mode) override {
    return real_fs().create_unnamed(dir, mode);
  }

 private:
  std::optional<Error> before(Op /*op*/, const Path& /*subject*/) override { return std::nullopt; }
};

/// Notes with which mode a file is made.
class NotedMode final : public session::test::InterposedFs {
 public:
  using InterposedFs::InterposedFs;
  Result<File> create(const Dir& dir, const Name& name, Mode mode) override {
    noted = mode;
    return InterposedFs::create(dir, name, mode);
  }
  Mode noted = 0;

 private:
  std::optional<Error> before(Op /*op*/, const Path& /*subject*/) override { return std::nullopt; }
};

}  // namespace

TEST_CASE("a new file is private, whole, and alone in its directory") {
  const TempDir temp;
  const std::string content = "{\"a\":1}\n" + std::string(300'000, ' ');
  const Result<Written> written = atomic_write(real_fs(), temp / "a.json", content, {});
  REQUIRE(written);
  CHECK_FALSE(written->replaced);
  CHECK(written->id.size == content.size());
  CHECK(read_file(temp / "a.json") == content);
  CHECK(mode_of(temp / "a.json") == 0600);
  CHECK(names_in(temp.path()) == std::vector<std::string>{"a.json"});
}

TEST_CASE("replacing keeps the mode, and the identity returned is that of the file in place") {
  const TempDir temp;
  write_file(temp / "a.json", "old");
  std::filesystem::permissions(temp / "a.json", std::filesystem::perms(0640));
  for (const Durability durability : {Durability::full, Durability::data, Durability::none}) {
    const Result<Written> written =
        atomic_write(real_fs(), temp / "a.json", "new", {.durability = durability});
    REQUIRE(written);
    CHECK(written->replaced);
    CHECK(mode_of(temp / "a.json") == 0640);
    const Place place = std::move(*open_parent(real_fs(), temp / "a.json"));
    CHECK(id_of(*real_fs().stat(place.dir, place.name)) == written->id);
  }
}

TEST_CASE(
    "a temporary is for its owner alone before it belongs to whom the old version did, unless that is for "
    "all") {
  const TempDir temp;
  NotedMode fs(real_fs());
  for (const Mode mode : {0600U, 0640U, 0604U, 0044U, 0660U, 0644U, 0444U, 0666U, 0755U}) {
    CAPTURE(mode);
    write_file(temp / "a.json", "old");
    REQUIRE(::chmod((temp / "a.json").c_str(), mode) == 0);
    REQUIRE(atomic_write(fs, temp / "a.json", "new", {}));
    CHECK(fs.noted == ((mode & 0444U) == 0444U ? 0644U : 0600U));
    CHECK(mode_of(temp / "a.json") == mode);
    std::filesystem::remove(temp / "a.json");
  }
}

TEST_CASE("the owner is kept too" * doctest::skip(::geteuid() != 0)) {
  const TempDir temp;
  write_file(temp / "a.json", "old");
  REQUIRE(::chown((temp / "a.json").c_str(), 1'234, 5'678) == 0);
  REQUIRE(atomic_write(real_fs(), temp / "a.json", "new", {}));
  struct stat about;
  REQUIRE(::stat((temp / "a.json").c_str(), &about) == 0);
  CHECK(about.st_uid == 1'234);
  CHECK(about.st_gid == 5'678);
}

TEST_CASE("a file that cannot be given to its group says whose it is" * doctest::skip(::geteuid() != 0)) {
  const TempDir temp;
  std::filesystem::permissions(temp.path(), std::filesystem::perms(0777));
  write_file(temp / "a.json", "old");
  REQUIRE(::chown((temp / "a.json").c_str(), k_nobody, 5'678) == 0);
  REQUIRE(::setegid(k_nobody) == 0);
  REQUIRE(::seteuid(k_nobody) == 0);
  const Result<Written> written = atomic_write(real_fs(), temp / "a.json", "new", {});
  REQUIRE(::seteuid(0) == 0);
  REQUIRE(::setegid(0) == 0);
  REQUIRE_FALSE(written);
  CHECK(
      describe(written.error()) ==
      (temp / "a.json") +
          ": chown: Operation not permitted: it belongs to user 65534 and group 5678, whom a new file can be "
          "given to only by that user, as a member of that group, or by root");
  CHECK(read_file(temp / "a.json") == "old");
  CHECK(names_in(temp.path()) == std::vector<std::string>{"a.json"});
}

TEST_CASE("a new file that needs no flush has no name before it is whole, or one where that cannot be") {
  const TempDir temp;
  const WriteOptions options{.durability = Durability::none, .existing = Existing::refuse};
  const Result<Written> written = atomic_write(real_fs(), temp / "a.json", "new", options);
  REQUIRE(written);
  CHECK_FALSE(written->replaced);
  CHECK(read_file(temp / "a.json") == "new");
  CHECK(mode_of(temp / "a.json") == 0600);
  const Result<Written> again = atomic_write(real_fs(), temp / "a.json", "newer", options);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::exists);
  CHECK(read_file(temp / "a.json") == "new");
  // One that lets nobody name such files.
  NoLinks no_links(real_fs());
  REQUIRE(atomic_write(no_links, temp / "b.json", "new", options));
  CHECK(read_file(temp / "b.json") == "new");
  CHECK(names_in(temp.path()).size() == 2);
}

TEST_CASE("a symlink is followed to its end and stays a symlink") {
  const TempDir temp;
  std::filesystem::create_directory(temp / "real");
  write_file(temp / "real/a.json", "old");
  std::filesystem::create_symlink("real/a.json", temp / "relative");
  std::filesystem::create_symlink(temp / "relative", temp / "absolute");
  std::filesystem::create_symlink("made/later.json", temp / "dangling");
  REQUIRE(atomic_write(real_fs(), temp / "absolute", "new", {}));
  CHECK(read_file(temp / "real/a.json") == "new");
  CHECK(std::filesystem::is_symlink(temp / "absolute"));
  CHECK(std::filesystem::is_symlink(temp / "relative"));
  REQUIRE(atomic_write(real_fs(), temp / "dangling", "fresh", {}));
  CHECK(read_file(temp / "made/later.json") == "fresh");
}

TEST_CASE("symlinks in a circle are an error that says so") {
  const TempDir temp;
  std::filesystem::create_symlink("b", temp / "a");
  std::filesystem::create_symlink("a", temp / "b");
  const Result<Written> written = atomic_write(real_fs(), temp / "a", "x", {});
  REQUIRE_FALSE(written);
  CHECK(describe(written.error()) == temp / "a: resolve: Too many levels of symbolic links");
}

TEST_CASE("the form without a file system works on the machine's own") {
  const TempDir temp;
  REQUIRE(atomic_write(temp / "a.json", "new", {}));
  CHECK(read_file(temp / "a.json") == "new");
}

TEST_CASE("missing parents are made, for the owner alone") {
  const TempDir temp;
  REQUIRE(atomic_write(real_fs(), temp / "x/y/a.json", "{}", {}));
  CHECK(read_file(temp / "x/y/a.json") == "{}");
  CHECK(mode_of(temp / "x") == 0700);
  CHECK(mode_of(temp / "x/y") == 0700);
}

TEST_CASE("what is no regular file is never replaced") {
  const TempDir temp;
  std::filesystem::create_directory(temp / "dir");
  REQUIRE(::mkfifo((temp / "fifo").c_str(), 0600) == 0);
  for (const std::string name : {"dir", "fifo"}) {
    const Result<Written> written = atomic_write(real_fs(), temp / name, "x", {});
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Errc::not_regular);
  }
  CHECK(names_in(temp.path()).size() == 2);
}

TEST_CASE("create-only refuses a name that is taken") {
  const TempDir temp;
  write_file(temp / "a", "old");
  const WriteOptions options{.existing = Existing::refuse};
  CHECK(atomic_write(real_fs(), temp / "a", "new", options).error().code == Errc::exists);
  CHECK(read_file(temp / "a") == "old");
  CHECK(atomic_write(real_fs(), temp / "b", "new", options));
}

TEST_CASE("with an expected identity only that very file is replaced") {
  const TempDir temp;
  write_file(temp / "a", "old");
  const Place place = std::move(*open_parent(real_fs(), temp / "a"));
  const FileId judged = id_of(*real_fs().stat(place.dir, place.name));
  const Result<Written> first = atomic_write(real_fs(), place.dir, place.name, "new", {.expected = judged});
  REQUIRE(first);
  const Result<Written> second =
      atomic_write(real_fs(), place.dir, place.name, "newer", {.expected = judged});
  CHECK(second.error().code == Errc::changed);
  CHECK(read_file(temp / "a") == "new");
  std::filesystem::remove(temp / "a");
  const Result<Written> third = atomic_write(real_fs(), place.dir, place.name, "x", {.expected = first->id});
  CHECK(third.error().code == Errc::changed);
  CHECK(names_in(temp.path()).empty());
}

TEST_CASE("temporaries of others are stepped over") {
  const TempDir temp;
  const Name first = temp_name("a", process_id(), 0);
  const Name second = temp_name("a", process_id(), 1);
  CHECK(first == "a.tmp." + std::to_string(::getpid()));
  CHECK(second == first + ".1");
  write_file(temp / first, "foreign");
  std::filesystem::create_symlink("nowhere", temp / second);
  REQUIRE(atomic_write(real_fs(), temp / "a", "x", {}));
  CHECK(read_file(temp / "a") == "x");
  CHECK(read_file(temp / first) == "foreign");
  CHECK(names_in(temp.path()).size() == 3);
}

TEST_CASE("a directory that may not be written is an error about the target" *
          doctest::skip(::geteuid() == 0)) {
  const TempDir temp;
  std::filesystem::permissions(temp.path(), std::filesystem::perms(0500));
  const Result<Written> written = atomic_write(real_fs(), temp / "a", "x", {});
  std::filesystem::permissions(temp.path(), std::filesystem::perms(0700));
  REQUIRE_FALSE(written);
  CHECK(describe(written.error()) == temp / "a: create: Permission denied");
}
