#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "session/process.h"

namespace session {

long process_id() { return ::getpid(); }

unsigned user_id() { return ::geteuid(); }

bool process_is_alive(long pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) return false;
  return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

}  // namespace session
