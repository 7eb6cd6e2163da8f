#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "session/fs.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::TempDir;
using session::test::write_file;

namespace {

/// What the reader gives for `names` in `dir`, in batches.
std::vector<std::string> read(BatchReader& reader, const std::string& dir, const std::vector<Name>& names) {
  const Result<Dir> opened = real_fs().open_dir(dir, FollowLinks::yes);
  REQUIRE(opened.has_value());
  std::vector<std::string> contents;
  if (!reader.reads_from(*opened)) return contents;
  for (std::size_t from = 0; from < names.size(); from += BatchReader::k_files) {
    std::vector<const Name*> batch;
    for (std::size_t n = from; n < std::min(names.size(), from + BatchReader::k_files); ++n) {
      batch.push_back(&names[n]);
    }
    reader.read(*opened, batch);
    for (std::size_t n = 0; n < batch.size(); ++n) contents.emplace_back(reader.content(n));
  }
  return contents;
}

/// nullptr, and said so, where this machine forbids io_uring or keeps its temporary files somewhere unusual.
std::unique_ptr<BatchReader> usable_reader() {
  std::unique_ptr<BatchReader> reader = real_fs().batch_reader();
  const TempDir dir;
  write_file(dir / "a", "x");
  if (reader != nullptr && read(*reader, dir.path(), {"a"}) == std::vector<std::string>{"x"}) return reader;
  MESSAGE("skipped: no io_uring here, or no file system that it is used on");
  return nullptr;
}

}  // namespace

TEST_CASE("several files are read at once, each whole, as often as one likes") {
  const std::unique_ptr<BatchReader> reader = usable_reader();
  if (reader == nullptr) return;
  const TempDir dir;
  std::vector<Name> names;
  std::vector<std::string> contents;
  for (int n = 0; n < 500; ++n) {
    names.push_back(std::to_string(n));
    contents.push_back(
        std::string(static_cast<std::size_t>(n * 31 % 4000 + 1), static_cast<char>('a' + n % 26)));
    write_file(dir / names.back(), contents.back());
  }
  for (int round = 0; round < 3; ++round) CHECK(read(*reader, dir.path(), names) == contents);
}

TEST_CASE("what has to be read the usual way is left to it") {
  const std::unique_ptr<BatchReader> reader = usable_reader();
  if (reader == nullptr) return;
  const TempDir dir;
  write_file(dir / "empty", "");
  write_file(dir / "large", std::string(BatchReader::k_room, 'x'));
  write_file(dir / "fits", std::string(BatchReader::k_room - 1, 'x'));
  // A read that a page in the middle stops ends there too.
  write_file(dir / "pages", std::string(4096, 'x'));
  write_file(dir / "target", "x");
  REQUIRE(::symlink("target", (dir / "link").c_str()) == 0);
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  REQUIRE(::mkdir((dir / "dir").c_str(), 0700) == 0);
  write_file(dir / "last", "{}");
  CHECK(
      read(*reader, dir.path(),
           {"empty", "large", "fits", "pages", "link", "missing", "fifo", "dir", "last"}) ==
      std::vector<std::string>{"", "", std::string(BatchReader::k_room - 1, 'x'), "", "", "", "", "", "{}"});
}

TEST_CASE("of a pipe that took a file's place nothing is read, and nothing waits for it") {
  const std::unique_ptr<BatchReader> reader = usable_reader();
  if (reader == nullptr) return;
  const TempDir dir;
  for (const char* const name : {"full", "silent"}) REQUIRE(::mkfifo((dir / name).c_str(), 0600) == 0);
  write_file(dir / "a", "{}");
  const int full = ::open((dir / "full").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  const int silent = ::open((dir / "silent").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(::write(full, "{}", 2) == 2);
  // Again in the same slots: what a pipe leaves there is no obstacle.
  for (int round = 0; round < 3; ++round) {
    CHECK(read(*reader, dir.path(), {"full", "silent", "a"}) == std::vector<std::string>{"", "", "{}"});
    CHECK(read(*reader, dir.path(), {"a", "a", "a"}) == std::vector<std::string>{"{}", "{}", "{}"});
  }
  char bytes[8];
  CHECK(::read(full, bytes, sizeof bytes) == 2);
  ::close(full);
  ::close(silent);
}

TEST_CASE("file systems that give what they like are left alone") {
  const std::unique_ptr<BatchReader> reader = usable_reader();
  if (reader == nullptr) return;
  CHECK(read(*reader, "/proc/self", {"status", "stat"}).empty());
}

TEST_CASE("a file that was replaced is the new one, one that was removed is none") {
  const std::unique_ptr<BatchReader> reader = usable_reader();
  if (reader == nullptr) return;
  const TempDir dir;
  for (int round = 0; round < 200; ++round) {
    const std::string content = "round " + std::to_string(round);
    write_file(dir / "new", content);
    REQUIRE(::rename((dir / "new").c_str(), (dir / "a").c_str()) == 0);
    if (round % 2 == 0) write_file(dir / "b", content);
    const std::string other = round % 2 == 0 ? content : "";
    REQUIRE(read(*reader, dir.path(), {"a", "b"}) == std::vector<std::string>{content, other});
    ::unlink((dir / "b").c_str());
  }
}
