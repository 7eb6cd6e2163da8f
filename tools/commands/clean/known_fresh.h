#pragma once
// What earlier runs know to be fresh: the expiry index of a store, in `.clean-index`. With it only those
// sessions of a large store are looked at that may have become stale; without it, all are.
//
// It is there for time alone, and is used only where a decision rests on one session by itself: not with
// keepNewest or a per cent of maxDelete, which go by what the others say now.

#include <cstddef>
#include <optional>
#include <string>

#include "commands/clean/stores.h"
#include "session/expiry_index.h"
#include "session/fs.h"

namespace session::commands {

inline constexpr std::string_view k_index_name = ".clean-index";

class KnownFresh {
 public:
  /// nullopt where the decisions of the store cannot rest on it. Without an index that is believed (it must
  /// be this user's, writable by nobody else, whole, and made by the same rules) nothing is known.
  static std::optional<KnownFresh> open(Fs& fs, const CleanStore& store, const Layout& layout,
                                        TimePoint as_of);

  /// Until when the session `name` in `directory` (the store's, or below) stays fresh whatever it says by
  /// now; nullopt: look at it.
  [[nodiscard]] std::optional<TimePoint> fresh_until(const Path& directory, const Name& name);

  enum class Source : std::uint8_t { content, index };
  void note(const Path& directory, const Name& name, TimePoint until, Source source);

  /// Writes what was noted in place of what was read, if enough had to be looked at that the next run gains
  /// by it: small stores get no index.
  Result<void> save(Fs& fs);

 private:
  KnownFresh(const CleanStore& store, std::uint64_t rules, TimePoint as_of)
      : store_(store.path), ttl_(store.policy.ttl), as_of_(as_of), known_(rules), noted_(rules) {}
  const std::string& path_below(const Path& directory, const Name& name);

  Path store_;
  milliseconds ttl_;
  TimePoint as_of_;
  ExpiryIndex known_;
  ExpiryIndex noted_;
  std::size_t looked_at_ = 0;
  std::string path_;
};

}  // namespace session::commands
