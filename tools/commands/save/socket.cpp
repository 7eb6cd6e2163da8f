#include "commands/save/socket.h"

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

Unexpected<Error> in_use(const Path& path) {
  return fail(Errc::busy, Op::listen, path, "another process listens there");
}

/// Whether a process accepts connections there.
bool is_alive(const sockaddr_un& address) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return true;
  const bool refused = ::connect(descriptor, generic(address), sizeof(address)) != 0 && errno == ECONNREFUSED;
  ::close(descriptor);
  return !refused;
}

/// Clears the place of a socket that nobody listens at any more. With the lock held: otherwise another
/// process could have put its own there since we looked.
Result<void> make_room(Fs& fs, const Place& place, const Path& path, const sockaddr_un& address) {
  struct stat about = {};
  if (::lstat(path.c_str(), &about) != 0) {
    if (errno == ENOENT) return {};
    return fail_errno(errno, Op::listen, path);
  }
  if (!S_ISSOCK(about.st_mode)) {
    return fail(Errc::exists, Op::listen, path, "something that is no socket stands there");
  }
  if (is_alive(address)) return in_use(path);
  return fs.unlink(place.dir, place.name);
}

}  // namespace

Result<ListeningSocket> ListeningSocket::listen(Fs& fs, const Path& path) {
  const Result<sockaddr_un> address = address_of(path);
  if (!address) return Unexpected{address.error()};
  Result<Place> place = open_parent(fs, path);
  if (!place) return Unexpected{std::move(place).error()};
  Result<Lock> lock = lock_file(fs, place->dir, place->name + ".lock", LockKind::exclusive, milliseconds(0));
  if (!lock && lock.error().code == Errc::busy) return in_use(path);
  if (!lock) return Unexpected{std::move(lock).error()};
  if (Result<void> room = make_room(fs, *place, path, *address); !room) return Unexpected{room.error()};
  ListeningSocket socket;
  socket.fs_ = &fs;
  socket.place_ = std::move(*place);
  socket.lock_ = std::move(*lock);
  socket.descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket.descriptor_ < 0) return fail_errno(errno, Op::listen, path);
  // The mode must be right from the first moment: a client could come in before a chmod.
  const mode_t before = ::umask(0177);
  const bool bound = ::bind(socket.descriptor_, generic(*address), sizeof(*address)) == 0;
  const int reason = errno;
  ::umask(before);
  if (!bound) return fail_errno(reason, Op::listen, path);
  const Result<Stat> made = fs.stat(socket.place_.dir, socket.place_.name);
  if (!made) return Unexpected{made.error()};
  socket.bound_ = id_of(*made);
  if (::listen(socket.descriptor_, SOMAXCONN) != 0) return fail_errno(errno, Op::listen, path);
  return socket;
}

void ListeningSocket::swap(ListeningSocket& other) noexcept {
  std::swap(fs_, other.fs_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(place_, other.place_);
  std::swap(bound_, other.bound_);
  std::swap(lock_, other.lock_);
}

ListeningSocket::~ListeningSocket() {
  if (bound_) {
    const Result<Stat> standing = fs_->stat(place_.dir, place_.name);
    // A name that stays is that of a dead process for whoever comes next.
    if (standing && id_of(*standing) == *bound_) static_cast<void>(fs_->unlink(place_.dir, place_.name));
  }
  if (descriptor_ >= 0) ::close(descriptor_);
}

int ListeningSocket::accept() const {
  return ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

}  // namespace session::commands
