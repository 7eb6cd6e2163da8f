#pragma once
// Retention: which sessions go. Pure: entries and policy in, decisions out.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

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
inline constexpr std::size_t k_reason_count = static_cast<std::size_t>(Reason::brake) + 1;
/// Stable names for machine output: "recently-repaired".
std::string_view name_of(Reason reason);
/// Why, for a person: "it was active within its TTL". docs/session-clean.md has the same words.
std::string_view because_of(Reason reason);
/// Whether what is decided on for this reason is a session at all.
bool is_session(Reason reason);

struct AgedEntry {
  Facts facts;
  TimePoint mtime;
  /// Set where it is already known why the file stays whatever its age.
  std::optional<Reason> keep_because;
};

struct Decision {
  bool remove = false;
  Reason reason = Reason::fresh;
  std::optional<TimePoint> activity;  ///< the time the decision rests on
};

/// The decision on one entry by itself; what depends on the others is Restraint's. Stale is strictly
/// older: as_of - activity > ttl (the session's own TTL where it has one that is positive).
/// TTL 0 comes first: nothing expires, whatever else is said.
Decision judge(const AgedEntry& entry, const RetentionPolicy& policy, TimePoint as_of);

/// keep_newest and max_delete: sees every decision once, then restrains the stale ones. Holds eight bytes
/// an entry, and those only for keep_newest.
class Restraint {
 public:
  explicit Restraint(const RetentionPolicy& policy) : policy_(policy) {}
  void see(const Decision& decision);
  /// `stale`: every decision seen that says remove. Those among the keep_newest (all of the same
  /// moment as the last of them) become `newest`; if more remain than max_delete allows, all become `brake`.
  /// Returns whether that happened.
  bool restrain(std::span<Decision> stale);
  /// The sessions seen: what is foreign, protected or no file does not count.
  [[nodiscard]] std::uint64_t sessions() const { return sessions_; }

 private:
  RetentionPolicy policy_;
  std::uint64_t sessions_ = 0;
  std::vector<TimePoint> activities_;
};

struct RetentionPlan {
  std::vector<Decision> decisions;  ///< one per entry, same order
  bool braked = false;              ///< max_delete was exceeded: nothing is to be removed
  std::uint64_t stale = 0;          ///< how many are stale, braked or not, without the newest
};

/// judge() and Restraint over entries that are all at hand.
RetentionPlan plan_retention(std::span<const AgedEntry> entries, const RetentionPolicy& policy,
                             TimePoint as_of);

}  // namespace session
