#pragma once
// The Unix socket of autosave.

#include <optional>

#include "session/lock.h"

namespace session::commands {

/// Listens at `path`, for the owner only (0600), and holds `path`.lock meanwhile, so that of two that start
/// at once one is refused; removes the socket's name when it goes, if it still is that of this socket.
class ListeningSocket {
 public:
  ListeningSocket() = default;
  /// bad_argument for a path too long for a socket; busy if somebody listens there; exists if something
  /// else than a socket stands there. What a dead process left there is replaced.
  static Result<ListeningSocket> listen(Fs& fs, const Path& path);
  ListeningSocket(ListeningSocket&& other) noexcept { swap(other); }
  ListeningSocket& operator=(ListeningSocket&& other) noexcept {
    ListeningSocket(std::move(other)).swap(*this);
    return *this;
  }
  ~ListeningSocket();

  [[nodiscard]] int descriptor() const { return descriptor_; }  ///< -1: not listening
  /// The next client, not blocking; -1 with errno if there is none.
  [[nodiscard]] int accept() const;

 private:
  void swap(ListeningSocket& other) noexcept;

  Fs* fs_ = nullptr;
  int descriptor_ = -1;
  Place place_;
  std::optional<FileId> bound_;  ///< what was made there
  std::optional<Lock> lock_;
};

}  // namespace session::commands
