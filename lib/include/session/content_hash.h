#pragma once
// The content hash: a stable name for the bytes of a session, so that a caller who reads, changes and writes
// can say which version was read. It is SHA-256, written as `sha256:` and 64 lower-case hex digits, the
// digits sha256sum(1) prints.

#include <memory>
#include <string>
#include <string_view>

#include "session/bytes.h"

namespace session {

/// Computes the hash of a stream.
class ContentHash {
 public:
  ContentHash();
  ContentHash(ContentHash&&) noexcept;
  ContentHash& operator=(ContentHash&&) noexcept;
  ~ContentHash();

  void update(ByteView bytes);
  /// The hash of all bytes since the start or the last call; starts anew.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The hash of `bytes`.
std::string content_hash(ByteView bytes);

/// Whether `text` has the form of a content hash; the digits alone are accepted too.
bool is_content_hash(std::string_view text);

/// Whether `given`, of the form above and in any case of letters, names the bytes whose hash is `hash`.
bool names_same_content(std::string_view given, std::string_view hash);

}  // namespace session
