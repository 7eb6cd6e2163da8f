#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "session/atomic_write.h"
#include "session/fs.h"
#include "session/process.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::read_file;
using session::test::TempDir;
using session::test::write_file;

namespace {

Dir open_temp(const TempDir& temp) { return std::move(*real_fs().open_dir(temp.path(), FollowLinks::yes)); }

Errc code_of(const auto& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE("open accepts regular files only and never waits on a FIFO") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  write_file(temp / "plain", "x");
  std::filesystem::create_symlink("plain", temp / "link");
  std::filesystem::create_directory(temp / "dir");
  REQUIRE(::mkfifo((temp / "fifo").c_str(), 0600) == 0);
  for (const Access access : {Access::read, Access::append}) {
    CHECK(real_fs().open(dir, "plain", access));
    CHECK(code_of(real_fs().open(dir, "link", access)) == Errc::not_regular);
    CHECK(code_of(real_fs().open(dir, "dir", access)) == Errc::not_regular);
    CHECK(code_of(real_fs().open(dir, "fifo", access)) == Errc::not_regular);
    CHECK(code_of(real_fs().open(dir, "none", access)) == Errc::not_found);
  }
}

TEST_CASE("looking at a file of one's own does not write to it") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  write_file(temp / "plain", "x");
  // Older than the last write: an access would be noted, however the file system is mounted.
  const timespec times[2] = {{.tv_sec = 1'000'000'000, .tv_nsec = 0},
                             {.tv_sec = 1'100'000'000, .tv_nsec = 0}};
  REQUIRE(::utimensat(AT_FDCWD, (temp / "plain").c_str(), times, 0) == 0);
  const auto file = real_fs().open(dir, "plain", Access::read);
  REQUIRE(file);
  char byte = 0;
  CHECK(real_fs().read_at(*file, &byte, 1, 0).value() == 1);
  struct stat about {};
  REQUIRE(::stat((temp / "plain").c_str(), &about) == 0);
  CHECK(about.st_atim.tv_sec == 1'000'000'000);
}

TEST_CASE("a directory that is a symlink or a file is told from a missing one") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  write_file(temp / "plain", "x");
  std::filesystem::create_directory(temp / "dir");
  std::filesystem::create_directory_symlink("dir", temp / "link");
  CHECK(real_fs().open_subdir(dir, "dir"));
  CHECK(code_of(real_fs().open_subdir(dir, "link")) == Errc::not_regular);
  CHECK(code_of(real_fs().open_subdir(dir, "plain")) == Errc::not_regular);
  CHECK(code_of(real_fs().open_subdir(dir, "none")) == Errc::not_found);
  CHECK(real_fs().open_dir(temp / "link", FollowLinks::yes));
  CHECK(code_of(real_fs().open_dir(temp / "link", FollowLinks::no)) == Errc::not_regular);
}

TEST_CASE("create makes the exact mode and never takes a name that exists") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  const mode_t before = ::umask(0077);
  CHECK(real_fs().create(dir, "shared", 0664));
  ::umask(before);
  CHECK(real_fs().stat(dir, "shared")->mode == 0664);
  CHECK(code_of(real_fs().create(dir, "shared", 0600)) == Errc::exists);
  std::filesystem::create_symlink("elsewhere", temp / "dangling");
  CHECK(code_of(real_fs().create(dir, "dangling", 0600)) == Errc::exists);
}

TEST_CASE("a directory is listed whole, with the type of every entry") {
  const TempDir temp;
  for (int i = 0; i < 2'000; ++i) write_file(temp / ("entry-with-a-longer-name-" + std::to_string(i)), "");
  std::filesystem::create_symlink("x", temp / "link");
  Dir dir = open_temp(temp);
  std::vector<DirEntry> entries;
  for (;;) {
    const Result<bool> more = real_fs().read_dir(dir, entries);
    REQUIRE(more);
    if (!*more) break;
  }
  CHECK(entries.size() == 2'001);
  const auto link =
      std::find_if(entries.begin(), entries.end(), [](const DirEntry& e) { return e.name == "link"; });
  REQUIRE(link != entries.end());
  CHECK((link->type == FileType::symlink || link->type == FileType::unknown));
}

TEST_CASE("rename without replacing leaves both files alone when the name is taken") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  write_file(temp / "a", "A");
  write_file(temp / "b", "B");
  CHECK(code_of(real_fs().rename_no_replace(dir, "a", dir, "b")) == Errc::exists);
  CHECK(read_file(temp / "a") == "A");
  CHECK(read_file(temp / "b") == "B");
  CHECK(real_fs().rename_no_replace(dir, "a", dir, "c"));
  CHECK(read_file(temp / "c") == "A");
}

TEST_CASE("errors name the operation and the path") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  const Result<void> gone = real_fs().unlink(dir, "none");
  CHECK(describe(gone.error()) == temp / "none: unlink: No such file or directory");
}

TEST_CASE("open_parent splits a path and refuses what names no file") {
  const TempDir temp;
  CHECK(open_parent(real_fs(), temp / "a.json")->name == "a.json");
  CHECK(open_parent(real_fs(), "a.json")->dir.path() == "");
  CHECK(open_parent(real_fs(), "/a.json")->dir.path() == "/");
  for (const Path path : {"", "/", "x/", ".", "..", "a/.", "a/.."}) {
    CHECK(code_of(open_parent(real_fs(), path)) == Errc::bad_argument);
  }
  CHECK(code_of(open_parent(real_fs(), temp / "none/a.json")) == Errc::not_found);
}

TEST_CASE("read_all returns every byte and stops at its limit") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  const std::string content(100'000, 'x');
  write_file(temp / "a", content);
  write_file(temp / "empty", "");
  const File file = std::move(*real_fs().open(dir, "a", Access::read));
  CHECK(*read_all(real_fs(), file, content.size()) == content);
  CHECK(code_of(read_all(real_fs(), file, content.size() - 1)) == Errc::too_large);
  const File empty = std::move(*real_fs().open(dir, "empty", Access::read));
  CHECK(read_all(real_fs(), empty, 0)->empty());
}

TEST_CASE("files of /proc say size 0 and are read to their end all the same") {
  const Dir dir = std::move(*real_fs().open_dir("/proc/self", FollowLinks::yes));
  const File file = std::move(*real_fs().open(dir, "status", Access::read));
  CHECK(read_all(real_fs(), file, 1 << 20)->size() > 100);
  CHECK(code_of(read_all(real_fs(), file, 10)) == Errc::too_large);
}

TEST_CASE("this process is alive and pid 0 is nobody") {
  CHECK(process_is_alive(process_id()));
  CHECK(process_is_alive(1));
  CHECK_FALSE(process_is_alive(0));
  CHECK_FALSE(process_is_alive(-1));
  CHECK_FALSE(process_is_alive(1L << 40));
}

TEST_CASE("a file without a name is seen by nobody until it is given one, which replaces nothing") {
  const TempDir temp;
  const Dir dir = open_temp(temp);
  Result<File> made = real_fs().create_unnamed(dir, 0600);
  if (!made) {
    MESSAGE("skipped: no unnamed files on this file system");
    return;
  }
  const File* const file = &*made;
  CHECK(real_fs().stat(*file)->mode == 0600);
  REQUIRE(write_fully(real_fs(), *file, "content"));
  CHECK(std::filesystem::is_empty(temp.path()));
  write_file(temp / "taken", "theirs");
  CHECK(code_of(real_fs().link_unnamed(*file, dir, "taken")) == Errc::exists);
  CHECK(read_file(temp / "taken") == "theirs");
  REQUIRE(real_fs().link_unnamed(*file, dir, "named"));
  CHECK(read_file(temp / "named") == "content");
  CHECK(real_fs().stat(dir, "named")->links == 1);
  made = real_fs().create_unnamed(dir, 0600);
  REQUIRE(made);
  REQUIRE(real_fs().close(std::move(*made)));
  CHECK(code_of(real_fs().stat(dir, "none")) == Errc::not_found);
}
