#include "commands/save/notify.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "cli/log.h"
#include "session/error.h"

namespace session::commands {
namespace {

/// 0, or the errno of what failed.
int send_datagram(std::string_view path, std::string_view state) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.data(), path.size());
  // A name that begins with '@' is one without a file: there a zero stands in its place, and no zero ends it.
  const bool is_abstract = path.front() == '@';
  if (is_abstract) address.sun_path[0] = '\0';
  const std::size_t length = offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0 : 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  const ssize_t sent = ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length));
  const int reason = sent < 0 ? errno : 0;
  ::close(descriptor);
  return reason;
}

}  // namespace

void notify_service_manager(std::string_view state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || *path == '\0') return;
  if (const int reason = send_datagram(path, state); reason != 0) {
    cli::log(cli::LogLevel::warning, fmt::format("the service manager is not told {}: {}", state,
                                                 describe(fail_errno(reason, Op::connect, path).error)));
  }
}

}  // namespace session::commands
