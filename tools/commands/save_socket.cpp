#include "commands/save_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace session::commands {
namespace {

Result<sockaddr_un> address_of(const Path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return fail(
        Errc::bad_argument, Op::listen, path,
        "a socket's path must be shorter than " + std::to_string(sizeof(address.sun_path)) + " bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// Whether a process accepts connections there.
bool is_alive(const sockaddr_un& address) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return true;
  const bool refused = ::connect(descriptor, generic(address), sizeof(address)) != 0 && errno == ECONNREFUSED;
  ::close(descriptor);
  return !refused;
}

/// Clears the place of a socket that nobody listens at any more.
Result<void> make_room(const Path& path, const sockaddr_un& address) {
  struct stat about = {};
  if (::lstat(path.c_str(), &about) != 0) {
    if (errno == ENOENT) return {};
    return fail_errno(errno, Op::listen, path);
  }
  if (!S_ISSOCK(about.st_mode)) {
    return fail(Errc::exists, Op::listen, path, "something that is no socket stands there");
  }
  if (is_alive(address)) return fail(Errc::busy, Op::listen, path, "another process listens there");
  if (::unlink(path.c_str()) != 0) return fail_errno(errno, Op::unlink, path);
  return {};
}

}  // namespace

Result<ListeningSocket> ListeningSocket::listen(const Path& path) {
  const Result<sockaddr_un> address = address_of(path);
  if (!address) return Unexpected{address.error()};
  if (Result<void> room = make_room(path, *address); !room) return Unexpected{room.error()};
  ListeningSocket socket;
  socket.descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket.descriptor_ < 0) return fail_errno(errno, Op::listen, path);
  // The mode must be right from the first moment: a client could come in before a chmod.
  const mode_t before = ::umask(0177);
  const bool bound = ::bind(socket.descriptor_, generic(*address), sizeof(*address)) == 0;
  const int reason = errno;
  ::umask(before);
  if (!bound) return fail_errno(reason, Op::listen, path);
  socket.path_ = path;
  if (::listen(socket.descriptor_, SOMAXCONN) != 0) return fail_errno(errno, Op::listen, path);
  return socket;
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::exchange(other.path_, {})) {}

ListeningSocket& ListeningSocket::operator=(ListeningSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

ListeningSocket::~ListeningSocket() {
  if (!path_.empty()) ::unlink(path_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

int ListeningSocket::accept() const {
  return ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

}  // namespace session::commands
