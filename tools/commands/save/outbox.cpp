#include "commands/save/outbox.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace session::commands {

template <class Write>
bool Outbox::send(Write write) {
  while (!empty()) {
    const ssize_t length = write(std::string_view(bytes_).substr(sent_));
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return true;
    if (length < 0) {
      *this = {};
      return false;
    }
    sent_ += static_cast<std::size_t>(length);
    // Not after every piece: the rest would be moved as often as a long reply has pieces.
    if (sent_ >= bytes_.size() / 2) {
      bytes_.erase(0, sent_);
      sent_ = 0;
    }
  }
  bytes_.shrink_to_fit();
  return true;
}

bool Outbox::send_to_stream(int descriptor) {
  // Others may use the same pipe, so it is not made non-blocking: no more is written than poll(2) has seen
  // room for, which is PIPE_BUF bytes.
  return send([descriptor](std::string_view rest) -> ssize_t {
    pollfd room{descriptor, POLLOUT, 0};
    if (::poll(&room, 1, 0) == 0) {
      errno = EAGAIN;
      return -1;
    }
    return ::write(descriptor, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
  });
}

bool Outbox::send_to_socket(int descriptor) {
  return send([descriptor](std::string_view rest) {
    return ::send(descriptor, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  });
}

}  // namespace session::commands
