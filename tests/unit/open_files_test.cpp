#include "session/open_files.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/memory_fs.h"
#include "support/temp_dir.h"

using namespace session;
using session::test::MemoryFs;
using session::test::TempDir;
using session::test::write_file;

namespace {

std::optional<bool> ask(Fs& fs, const std::string& dir, const Name& name) {
  const Result<Dir> opened = fs.open_dir(dir, FollowLinks::no);
  REQUIRE(opened.has_value());
  const Result<OpenedFile> file = fs.open_described(*opened, name, Access::read);
  REQUIRE(file.has_value());
  return is_open_for_writing(file->file, id_of(file->about));
}

}  // namespace

TEST_CASE("the kernel tells whether anybody can write to a file: by a descriptor, or by a mapping alone") {
  const TempDir dir;
  write_file(dir / "a", "x");
  const auto has_writer = [&] { return ask(real_fs(), dir.path(), "a"); };
  if (!has_writer()) {
    MESSAGE("skipped: no leases on this file system");
    return;
  }
  CHECK(has_writer() == false);
  const int reader = ::open((dir / "a").c_str(), O_RDONLY | O_CLOEXEC);
  CHECK(has_writer() == false);
  const int writer = ::open((dir / "a").c_str(), O_RDWR | O_CLOEXEC);
  CHECK(has_writer() == true);
  void* const page = ::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, writer, 0);
  REQUIRE(page != MAP_FAILED);
  ::close(writer);
  CHECK(has_writer() == true);
  ::munmap(page, 1);
  CHECK(has_writer() == false);
  ::close(reader);
}

TEST_CASE("who opens the file for writing while it is asked about neither fails nor ends this program") {
  const TempDir dir;
  write_file(dir / "a", "x");
  const pid_t child = ::fork();
  if (child == 0) {
    for (int n = 0; n < 20'000; ++n) {
      const int writer = ::open((dir / "a").c_str(), O_WRONLY | O_CLOEXEC);
      if (writer < 0) ::_exit(1);
      ::close(writer);
    }
    ::_exit(0);
  }
  int status = 0;
  std::size_t asked = 0;
  for (; ::waitpid(child, &status, WNOHANG) == 0; ++asked) ask(real_fs(), dir.path(), "a");
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(asked > 0);
}

TEST_CASE("nothing is known of a file that is none of the system's") {
  MemoryFs fs;
  fs.add_file("/a", "x");
  CHECK(ask(fs, "/", "a") == std::nullopt);
}
