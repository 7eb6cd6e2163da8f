#include "support/mounting.h"

#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "support/temp_dir.h"

namespace session::test {

std::string obstacle_to_mounting() {
  if (::geteuid() != 0) return "mounting needs root";
  const TempDir temp;
  if (::mount("tmpfs", temp.path().c_str(), "tmpfs", 0, "size=4k") != 0) {
    return std::string("root may not mount here: ") + std::strerror(errno);  // a container
  }
  ::umount2(temp.path().c_str(), MNT_DETACH);
  return "";
}

}  // namespace session::test
