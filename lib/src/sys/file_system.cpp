#include "sys/file_system.h"

#include <linux/magic.h>
#include <sys/vfs.h>

namespace session {

bool is_on_local_disk(int descriptor) {
  struct statfs about;
  if (::fstatfs(descriptor, &about) != 0) return false;
  switch (about.f_type) {
    case EXT4_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
    case XFS_SUPER_MAGIC: return true;
    default: return false;
  }
}

}  // namespace session
