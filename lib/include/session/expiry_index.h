#pragma once
// The expiry index: until when the sessions of a store were fresh when they were last looked at, so that most
// of a large store need not be looked at every time. Pure: bytes in, bytes out.
//
// It can make a removal late, never early: all it says is that a session is not to be looked at yet. A wrong
// or lost one costs time, nothing else. It goes by names alone: a session that is replaced by a newer version
// under its name stays fresh at least as long, and one replaced by an older version goes when its time is
// over.
//
// What does not belong here: where it is kept, and when it may be used.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "session/bytes.h"
#include "session/time.h"

namespace session {

class ExpiryIndex {
 public:
  /// An empty one. `rules`: a fingerprint (fingerprint_of()) of all that the moments in it follow from.
  explicit ExpiryIndex(std::uint64_t rules) : rules_(rules) {}
  /// What serialise() made, under the same rules; nullopt for anything else, damaged or of another version.
  static std::optional<ExpiryIndex> parse(ByteView bytes, std::uint64_t rules);
  [[nodiscard]] Bytes serialise();

  /// `path`: from the store's directory. A moment that does not fit (before 1970, after 10,000) is left out.
  void add(std::string_view path, TimePoint expiry);
  /// In whole minutes, rounded down. Only of what parse() found: what was added is not looked up.
  [[nodiscard]] std::optional<TimePoint> expiry_of(std::string_view path) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t key;
    std::uint32_t minutes;
  };
  std::uint64_t rules_;
  std::vector<Entry> entries_;  ///< by key, once serialised or parsed
};

/// The same for the same bytes on every machine and in every version.
std::uint64_t fingerprint_of(std::string_view bytes);

}  // namespace session
