// The loop that session-repair is measured beside where files are small: the least that is done on the disk
// for each, without a look at what is in it.
//   bare_repairer DIR THREADS   for each file: read it, make a copy, a new version in its place and a sidecar

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t k_lost_bytes = 200;
constexpr mode_t k_mode = 0600;

void write_bytes(int file, const std::string& bytes) {
  if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::perror("write");
}

std::string read_bytes(int dir, const std::string& name) {
  std::string bytes(64U * 1024U, '\0');
  const int file = ::openat(dir, name.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t length = ::read(file, bytes.data(), bytes.size());
  bytes.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  ::close(file);
  return bytes;
}

/// Under `name` only once it is whole.
void add_file(int dir, const std::string& name, const std::string& bytes) {
  const int file = ::openat(dir, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, k_mode);
  write_bytes(file, bytes);
  const std::string self = "/proc/self/fd/" + std::to_string(file);
  if (::linkat(AT_FDCWD, self.c_str(), dir, name.c_str(), AT_SYMLINK_FOLLOW) != 0) std::perror("linkat");
  ::close(file);
}

void replace_file(int dir, const std::string& name, const std::string& bytes) {
  const std::string temporary = name + ".tmp";
  const int file = ::openat(dir, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, k_mode);
  write_bytes(file, bytes);
  ::close(file);
  if (::renameat(dir, temporary.c_str(), dir, name.c_str()) != 0) std::perror("renameat");
}

void repair(int dir, const std::string& name) {
  const std::string original = read_bytes(dir, name);
  const std::size_t kept = original.size() - std::min(original.size(), k_lost_bytes);
  add_file(dir, name + ".bak-20260101T000000Z-1-0", original);
  replace_file(dir, name, original.substr(0, kept));
  add_file(dir, name + ".corrupt-20260101T000000Z-1-0", original.substr(kept));
}

}  // namespace

int main(int argc, char** argv) {
  DIR* const stream = argc == 3 ? ::opendir(argv[1]) : nullptr;
  if (stream == nullptr) {
    std::fputs("usage: bare_repairer DIR THREADS\n", stderr);
    return 1;
  }
  std::vector<std::string> names;
  while (const dirent* const entry = ::readdir(stream)) {
    if (entry->d_name[0] != '.') names.emplace_back(static_cast<const char*>(entry->d_name));
  }
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  for (int n = 0; n < std::atoi(argv[2]); ++n) {
    workers.emplace_back([&] {
      for (std::size_t index = next++; index < names.size(); index = next++) {
        repair(::dirfd(stream), names[index]);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  ::closedir(stream);
  return 0;
}
