#include "session/retention.h"

#include <algorithm>
#include <array>
#include <functional>

namespace session {
namespace {

struct ReasonRow {
  Reason reason;
  std::string_view name;
  std::string_view because;
};
constexpr std::array k_reasons = {
    ReasonRow{Reason::fresh, "fresh", "it was active within its TTL"},
    ReasonRow{Reason::stale, "stale", "nobody used it for longer than its TTL"},
    ReasonRow{Reason::never_expires, "never-expires", "the TTL is 0, or the layout's sessions do not expire"},
    ReasonRow{Reason::undatable, "undatable", "its activity time is missing, not a time, or before 2000"},
    ReasonRow{Reason::future_dated, "future-dated", "its activity time is more than 24 h ahead"},
    ReasonRow{Reason::damaged, "damaged", "session-verify calls it damaged"},
    ReasonRow{Reason::pinned, "pinned", "it has a top-level \"pinned\": true"},
    ReasonRow{Reason::newest, "newest", "it is among the keepNewest most recently active of its store"},
    ReasonRow{Reason::recently_repaired, "recently-repaired",
              "session-repair left a backup or sidecar beside it within repairedGraceHours"},
    ReasonRow{Reason::recently_written, "recently-written",
              "it was written to after it was judged, or within writeGraceHours"},
    ReasonRow{Reason::in_use, "in-use",
              "somebody holds a lock on it, a lock file beside it was just taken, or a living process is "
              "writing it"},
    ReasonRow{Reason::protected_name, "protected-name",
              "_ and dot names, index and side files of the layout"},
    ReasonRow{Reason::foreign, "foreign", "it is not a session of the layout, by name or by content"},
    ReasonRow{Reason::not_regular, "not-regular", "it is a symlink, directory, FIFO, socket or device"},
    ReasonRow{Reason::unreadable, "unreadable", "it could not be read"},
    ReasonRow{Reason::brake, "brake", "more would go than maxDelete allows"},
};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < k_reasons.size(); ++i) {
    if (static_cast<std::size_t>(k_reasons[i].reason) != i) return false;
  }
  return k_reasons.size() == k_reason_count;
}
static_assert(rows_stand_in_order());

Decision keep(Reason reason, std::optional<TimePoint> activity = std::nullopt) {
  return {.remove = false, .reason = reason, .activity = activity};
}

bool exceeds(std::uint64_t removals, std::uint64_t sessions, const RetentionPolicy& policy) {
  if (policy.max_delete_count && removals > *policy.max_delete_count) return true;
  return policy.max_delete_percent &&
         static_cast<double>(removals) * 100.0 > *policy.max_delete_percent * static_cast<double>(sessions);
}

}  // namespace

std::string_view name_of(Reason reason) { return k_reasons.at(static_cast<std::size_t>(reason)).name; }
std::string_view because_of(Reason reason) { return k_reasons.at(static_cast<std::size_t>(reason)).because; }
bool is_session(Reason reason) {
  return reason != Reason::protected_name && reason != Reason::foreign && reason != Reason::not_regular;
}

Decision judge(const AgedEntry& entry, const RetentionPolicy& policy, TimePoint as_of) {
  if (entry.keep_because) return keep(*entry.keep_because);
  if (policy.ttl <= milliseconds{0}) return keep(Reason::never_expires);
  if (!entry.facts.parses) return keep(Reason::damaged);

  std::optional<TimePoint> activity = entry.facts.activity;
  if (activity && !is_plausible(*activity, as_of)) {
    if (*activity > as_of) return keep(Reason::future_dated, activity);
    activity.reset();
  }
  if (!activity) {
    if (policy.on_undatable == OnUndatable::keep) return keep(Reason::undatable);
    if (!is_plausible(entry.mtime, as_of)) {
      return keep(entry.mtime > as_of ? Reason::future_dated : Reason::undatable);
    }
    activity = entry.mtime;
  }
  if (entry.facts.pinned) return keep(Reason::pinned, activity);

  const bool has_own_ttl = entry.facts.own_ttl && *entry.facts.own_ttl > milliseconds{0};
  const milliseconds ttl = has_own_ttl ? *entry.facts.own_ttl : policy.ttl;
  if (as_of - *activity <= ttl) return keep(Reason::fresh, activity);
  return {.remove = true, .reason = Reason::stale, .activity = activity};
}

void Restraint::see(const Decision& decision) {
  if (is_session(decision.reason)) ++sessions_;
  // A time in the future is not believed, so it takes no place among the newest.
  const bool is_dated = decision.activity.has_value() && decision.reason != Reason::future_dated;
  if (policy_.keep_newest > 0 && is_dated) activities_.push_back(*decision.activity);
}

bool Restraint::restrain(std::span<Decision> stale) {
  const auto hold_back = [](Decision& decision, Reason reason) {
    decision.remove = false;
    decision.reason = reason;
  };
  if (policy_.keep_newest >= activities_.size() && policy_.keep_newest > 0) {
    for (Decision& decision : stale) hold_back(decision, Reason::newest);
  } else if (policy_.keep_newest > 0) {
    const auto last_kept = activities_.begin() + static_cast<std::ptrdiff_t>(policy_.keep_newest - 1);
    std::nth_element(activities_.begin(), last_kept, activities_.end(), std::greater<>());
    for (Decision& decision : stale) {
      if (*decision.activity >= *last_kept) hold_back(decision, Reason::newest);
    }
  }

  const auto removals = static_cast<std::uint64_t>(
      std::count_if(stale.begin(), stale.end(), [](const Decision& decision) { return decision.remove; }));
  if (!exceeds(removals, sessions_, policy_)) return false;
  for (Decision& decision : stale) {
    if (decision.remove) hold_back(decision, Reason::brake);
  }
  return true;
}

RetentionPlan plan_retention(std::span<const AgedEntry> entries, const RetentionPolicy& policy,
                             TimePoint as_of) {
  RetentionPlan plan;
  Restraint restraint(policy);
  std::vector<Decision> stale;
  std::vector<std::size_t> stale_at;
  for (const AgedEntry& entry : entries) {
    const Decision decision = judge(entry, policy, as_of);
    restraint.see(decision);
    if (decision.remove) {
      stale.push_back(decision);
      stale_at.push_back(plan.decisions.size());
    }
    plan.decisions.push_back(decision);
  }
  plan.braked = restraint.restrain(stale);
  for (std::size_t i = 0; i < stale.size(); ++i) {
    plan.decisions[stale_at[i]] = stale[i];
    if (stale[i].reason != Reason::newest) ++plan.stale;
  }
  return plan;
}

}  // namespace session
