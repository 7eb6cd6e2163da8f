#include <grp.h>
#include <pwd.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX's, not C++'s
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <string>
#include <vector>

#include "session/process.h"

namespace session {

long process_id() { return ::getpid(); }

unsigned user_id() { return ::geteuid(); }

Result<void> become_user(std::uint32_t uid, std::uint32_t gid) {
  const auto failed = [uid] { return fail_errno(errno, Op::setuid, "uid " + std::to_string(uid)); };
  std::vector<char> strings(16 * 1024);
  passwd entry{};
  passwd* known = nullptr;
  // A user that no database knows, as in a container, has the group of its files and no other.
  if (::getpwuid_r(uid, &entry, strings.data(), strings.size(), &known) != 0) known = nullptr;
  if (known != nullptr) gid = known->pw_gid;
  const int grouped = known != nullptr ? ::initgroups(known->pw_name, gid) : ::setgroups(1, &gid);
  if (grouped != 0) return failed();
  if (::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0) return failed();
  return {};
}

bool process_is_alive(long pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return false;
  return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

}  // namespace session
