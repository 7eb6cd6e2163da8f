#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <memory>
#include <string>

#include "session/open_files.h"
#include "sys/file_system.h"

namespace session {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

/// proc(5): `flags:` in octal stands within the first bytes of fdinfo.
bool is_writer(int info_directory, const char* name) {
  const int file = ::openat(info_directory, name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[256];
  const ssize_t length = ::read(file, text, sizeof text - 1);
  ::close(file);
  if (length <= 0) return false;
  text[length] = '\0';
  const char* const flags = std::strstr(text, "flags:");
  if (flags == nullptr) return false;
  const char* digits = flags + std::strlen("flags:");
  while (*digits == ' ' || *digits == '\t') ++digits;
  unsigned value = 0;
  std::from_chars(digits, text + length, value, 8);
  return (value & O_ACCMODE) != O_RDONLY;
}

/// A negative number where `text` is none.
long number_in(const char* text) {
  long number = -1;
  const char* const end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, number);
  return read.ec == std::errc{} && read.ptr == end ? number : -1;
}

}  // namespace

std::optional<bool> is_open_for_writing(const File& file, const FileId& id) {
  const int descriptor = file.descriptor();
  struct stat seen {};
  // Not every Fs has descriptors of the system's.
  if (::fstat(descriptor, &seen) != 0 || seen.st_dev != id.dev || seen.st_ino != id.ino) return std::nullopt;
  // Somebody who opens it just then waits until the lease is back, and we are told by a signal: by one that
  // is ignored, where SIGIO would end the process.
  if (::fcntl(descriptor, F_SETSIG, SIGURG) != 0) return std::nullopt;
  if (::fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0) {
    // A server may refuse for reasons of its own.
    return errno == EAGAIN && is_on_local_disk(descriptor) ? std::optional(true) : std::nullopt;
  }
  ::fcntl(descriptor, F_SETLEASE, F_UNLCK);
  return false;
}

std::map<std::pair<std::uint64_t, std::uint64_t>, long> files_open_for_writing() {
  std::map<std::pair<std::uint64_t, std::uint64_t>, long> files;
  const Directory processes(::opendir("/proc"));
  if (!processes) return files;
  while (const dirent* const process = ::readdir(processes.get())) {
    const long pid = number_in(process->d_name);
    if (pid <= 0 || pid == ::getpid()) continue;
    const std::string place = std::string("/proc/") + process->d_name;
    const Directory open_files(::opendir((place + "/fd").c_str()));
    if (!open_files) continue;
    const int infos = ::open((place + "/fdinfo").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (infos < 0) continue;
    while (const dirent* const file = ::readdir(open_files.get())) {
      struct stat about {};
      if (number_in(file->d_name) < 0) continue;
      if (::fstatat(::dirfd(open_files.get()), file->d_name, &about, 0) != 0) continue;
      if (!S_ISREG(about.st_mode) || !is_writer(infos, file->d_name)) continue;
      files.try_emplace({about.st_dev, about.st_ino}, pid);
    }
    ::close(infos);
  }
  return files;
}

}  // namespace session
