#pragma once
// Shows a RecordedDisk to the kernel: as a file of a FUSE file system, on which a loop device is set up and a
// file system mounted. Every write of that file system arrives as one request, every flush as fsync, in the
// order in which the loop device issues them.

#include <string>
#include <thread>

#include "power_cut/recorded_disk.h"

struct fuse;

namespace session::test {

/// The file `path()` whose bytes are the disk's, as long as this lives.
class DiskFile {
 public:
  DiskFile(RecordedDisk& disk, const std::string& mount_point);
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;
  ~DiskFile();
  [[nodiscard]] std::string path() const { return mount_point_ + "/disk"; }

 private:
  std::string mount_point_;
  ::fuse* fuse_ = nullptr;
  std::thread serving_;
};

/// A file system on a loop device over `file`, mounted at `mount_point` until this dies. Throws
/// std::system_error where it cannot be mounted.
class LoopMount {
 public:
  LoopMount(const std::string& file, const std::string& mount_point, const std::string& type,
            const std::string& options);
  LoopMount(const LoopMount&) = delete;
  LoopMount& operator=(const LoopMount&) = delete;
  ~LoopMount();

 private:
  std::string mount_point_;
  int loop_ = -1;
};

}  // namespace session::test
