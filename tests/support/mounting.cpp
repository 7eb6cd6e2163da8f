#include "support/mounting.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "support/temp_dir.h"

namespace session::test {
namespace {

std::string try_mounting() {
  if (::geteuid() != 0) return "mounting needs root";
  const auto refused = [] { return std::string("root may not mount here: ") + std::strerror(errno); };
  if (::unshare(CLONE_NEWNS) != 0) return refused();  // a container
  // Else what is mounted here would appear outside, too.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return refused();
  const TempDir temp;
  if (::mount("tmpfs", temp.path().c_str(), "tmpfs", 0, "size=4k") != 0) return refused();
  ::umount2(temp.path().c_str(), MNT_DETACH);
  return "";
}

}  // namespace

std::string prepare_mounting() {
  static const std::string obstacle = try_mounting();
  return obstacle;
}

}  // namespace session::test
