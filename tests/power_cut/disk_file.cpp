#define FUSE_USE_VERSION 35

#include "power_cut/disk_file.h"

#include <fcntl.h>
#include <fuse.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace session::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

RecordedDisk& disk_of_request() { return *static_cast<RecordedDisk*>(::fuse_get_context()->private_data); }

int get_attributes(const char* path, struct stat* about, fuse_file_info*) {
  *about = {};
  about->st_nlink = 1;
  about->st_mode = S_IFDIR | 0700;
  if (std::string_view(path) == "/") return 0;
  about->st_mode = S_IFREG | 0600;
  about->st_size = static_cast<off_t>(disk_of_request().size());
  return std::string_view(path) == "/disk" ? 0 : -ENOENT;
}

int open_disk(const char*, fuse_file_info* file) {
  file->direct_io = 1;  // no cache of the kernel between the loop device and the record
  return 0;
}

int read_disk(const char*, char* into, std::size_t length, off_t offset, fuse_file_info*) {
  disk_of_request().read(static_cast<std::uint64_t>(offset), into, length);
  return static_cast<int>(length);
}

int write_disk(const char*, const char* bytes, std::size_t length, off_t offset, fuse_file_info*) {
  disk_of_request().write(static_cast<std::uint64_t>(offset), {bytes, length});
  return static_cast<int>(length);
}

int flush_disk(const char*, int, fuse_file_info*) {
  disk_of_request().flush();
  return 0;
}

fuse_operations operations() {
  fuse_operations operations = {};
  operations.getattr = get_attributes;
  operations.open = open_disk;
  operations.read = read_disk;
  operations.write = write_disk;
  operations.fsync = flush_disk;
  return operations;
}

/// A loop device over `file`, which frees itself when it is closed and unmounted.
int attach_loop(const std::string& file, std::string& device) {
  const int backing = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (backing < 0 || control < 0) fail(backing < 0 ? file : "/dev/loop-control");
  int loop = -1;
  for (int attempt = 0; attempt < 100 && loop < 0; ++attempt) {
    const int number = ::ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) fail("LOOP_CTL_GET_FREE");
    device = "/dev/loop" + std::to_string(number);
    loop = ::open(device.c_str(), O_RDWR | O_CLOEXEC);
    if (loop < 0) fail(device);
    loop_config config = {};
    config.fd = static_cast<std::uint32_t>(backing);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    if (::ioctl(loop, LOOP_CONFIGURE, &config) == 0) break;
    if (errno != EBUSY) fail("LOOP_CONFIGURE " + device);
    ::close(loop);  // another program was quicker
    loop = -1;
  }
  ::close(control);
  ::close(backing);
  if (loop < 0) throw std::runtime_error("no free loop device");
  return loop;
}

}  // namespace

DiskFile::DiskFile(RecordedDisk& disk, const std::string& mount_point) : mount_point_(mount_point) {
  std::string name = "power_cut";
  char* words[] = {name.data()};
  fuse_args arguments = FUSE_ARGS_INIT(1, words);
  const fuse_operations callbacks = operations();
  fuse_ = ::fuse_new(&arguments, &callbacks, sizeof callbacks, &disk);
  if (fuse_ == nullptr) throw std::runtime_error("fuse_new failed");
  if (::fuse_mount(fuse_, mount_point_.c_str()) != 0) {
    ::fuse_destroy(fuse_);
    throw std::runtime_error("cannot mount FUSE at " + mount_point_);
  }
  // One thread: requests are recorded in the order in which they come.
  serving_ = std::thread([this] { ::fuse_loop(fuse_); });
}

DiskFile::~DiskFile() {
  ::umount2(mount_point_.c_str(), MNT_DETACH);  // ends fuse_loop(), which must not lose its descriptor before
  serving_.join();
  ::fuse_unmount(fuse_);
  ::fuse_destroy(fuse_);
}

LoopMount::LoopMount(const std::string& file, const std::string& mount_point, const std::string& type,
                     const std::string& options)
    : mount_point_(mount_point) {
  std::string device;
  loop_ = attach_loop(file, device);
  if (::mount(device.c_str(), mount_point_.c_str(), type.c_str(), MS_NOATIME, options.c_str()) == 0) return;
  const int reason = errno;
  ::close(loop_);
  errno = reason;
  fail("mounting " + type + " with options \"" + options + "\"");
}

LoopMount::~LoopMount() {
  // A process that has just ended may hold it for a moment longer.
  for (int attempt = 0; attempt < 100 && ::umount2(mount_point_.c_str(), 0) != 0 && errno == EBUSY;
       ++attempt) {
    ::usleep(20'000);
  }
  ::close(loop_);
}

}  // namespace session::test
