#pragma once
// Retention: which sessions go. Pure: entries and policy in, decisions out.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "session/bytes.h"
#include "session/error.h"
#include "session/facts.h"
#include "session/time.h"

namespace session {

enum class OnUndatable : std::uint8_t { keep, mtime };

struct RetentionPolicy {
  milliseconds ttl{0};  ///< 0: nothing ever expires
  OnUndatable on_undatable = OnUndatable::keep;
  std::uint64_t keep_newest = 0;  ///< this many of the most recently active are never removed
  /// The brake: more removals than this and none is done. nullopt: no brake.
  std::optional<std::uint64_t> max_delete_count;
  std::optional<double> max_delete_percent;  ///< of the sessions in the store, 0 to 100
};

/// Why a file is kept or removed; the words are in name_of().
enum class Reason : std::uint8_t {
  fresh,
  stale,          ///< the only reason for removal
  never_expires,  ///< TTL 0, or a layout without expiry
  undatable,
  future_dated,
  damaged,
  pinned,
  newest,  ///< protected by keep_newest
  recently_repaired,
  recently_written,
  in_use,
  protected_name,  ///< `_`, dot, index, lock, side file
  foreign,         ///< of no recognised layout
  not_regular,
  unreadable,
  brake,  ///< stale, but max_delete was exceeded
};
std::string_view name_of(Reason reason);

struct AgedEntry {
  Name name;
  Facts facts;
  TimePoint mtime;
  /// Set by the scan where it already knows why the file stays whatever its age.
  std::optional<Reason> keep_because;
};

struct Decision {
  bool remove = false;
  Reason reason = Reason::fresh;
  std::optional<TimePoint> activity;  ///< the time the decision rests on
};

struct RetentionPlan {
  std::vector<Decision> decisions;  ///< one per entry, same order
  bool braked = false;              ///< max_delete was exceeded: nothing is to be removed
  std::uint64_t stale = 0;          ///< how many are stale, braked or not
};

/// Stale is strictly older: as_of - activity > ttl (the session's own TTL where it has one).
RetentionPlan plan_retention(std::span<const AgedEntry> entries, const RetentionPolicy& policy,
                             TimePoint as_of);

}  // namespace session
