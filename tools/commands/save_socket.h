#pragma once
// The Unix socket of autosave.

#include "session/bytes.h"
#include "session/error.h"

namespace session::commands {

/// Listens at `path`, for the owner only (0600); removes the socket's name when it goes.
class ListeningSocket {
 public:
  ListeningSocket() = default;
  /// bad_argument for a path too long for a socket; busy if somebody listens there; exists if something
  /// else than a socket stands there. What a dead process left there is replaced.
  static Result<ListeningSocket> listen(const Path& path);
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&& other) noexcept;
  ~ListeningSocket();

  [[nodiscard]] int descriptor() const { return descriptor_; }  ///< -1: not listening
  /// The next client, not blocking; -1 with errno if there is none.
  [[nodiscard]] int accept() const;

 private:
  int descriptor_ = -1;
  Path path_;
};

}  // namespace session::commands
