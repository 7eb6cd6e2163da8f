#include "session/retention.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace session;
using namespace std::chrono_literals;

namespace {

const TimePoint k_as_of = *parse_date_time("2026-11-21T12:00:00Z");

RetentionPolicy policy_of(milliseconds ttl) {
  RetentionPolicy policy;
  policy.ttl = ttl;
  return policy;
}

AgedEntry aged(milliseconds age) {
  AgedEntry entry;
  entry.facts.parses = true;
  entry.facts.has_activity_field = true;
  entry.facts.activity = k_as_of - age;
  entry.mtime = k_as_of;
  return entry;
}

std::string decide(const AgedEntry& entry, const RetentionPolicy& policy = policy_of(168h)) {
  const Decision decision = judge(entry, policy, k_as_of);
  return std::string(decision.remove ? "remove " : "keep ") + std::string(name_of(decision.reason));
}

/// One letter a decision: x removed, n newest, b brake, k kept for another reason.
std::string outcome(std::span<const AgedEntry> entries, const RetentionPolicy& policy) {
  std::string letters;
  for (const Decision& decision : plan_retention(entries, policy, k_as_of).decisions) {
    letters += decision.remove                     ? 'x'
               : decision.reason == Reason::newest ? 'n'
               : decision.reason == Reason::brake  ? 'b'
                                                   : 'k';
  }
  return letters;
}

}  // namespace

TEST_CASE("every reason has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < k_reason_count; ++i)
    CHECK(names.insert(name_of(static_cast<Reason>(i))).second);
}

TEST_CASE("stale is strictly older than the TTL") {
  CHECK(decide(aged(0ms)) == "keep fresh");
  CHECK(decide(aged(168h - 1ms)) == "keep fresh");
  CHECK(decide(aged(168h)) == "keep fresh");
  CHECK(decide(aged(168h + 1ms)) == "remove stale");
  CHECK(decide(aged(-1ms)) == "keep fresh");
  CHECK(decide(aged(-24h)) == "keep fresh");
}

TEST_CASE("a TTL of 0 is never, not now") {
  CHECK(decide(aged(100'000h), policy_of(0ms)) == "keep never-expires");
  AgedEntry with_own = aged(100'000h);
  with_own.facts.own_ttl = 1h;
  CHECK(decide(with_own, policy_of(0ms)) == "keep never-expires");
}

TEST_CASE("a session's own TTL goes before the store's") {
  AgedEntry entry = aged(2h);
  entry.facts.own_ttl = 1h;
  CHECK(decide(entry) == "remove stale");
  entry.facts.own_ttl = 2h;
  CHECK(decide(entry) == "keep fresh");
  entry.facts.own_ttl = 1000h;
  entry.facts.activity = k_as_of - 500h;
  CHECK(decide(entry) == "keep fresh");
  for (const milliseconds none : {0ms, -1ms}) {
    entry.facts.own_ttl = none;
    CHECK(decide(entry) == "remove stale");
  }
}

TEST_CASE("what is damaged, pinned or already known to stay stays") {
  AgedEntry damaged = aged(1000h);
  damaged.facts.parses = false;
  CHECK(decide(damaged) == "keep damaged");

  AgedEntry pinned = aged(1000h);
  pinned.facts.pinned = true;
  CHECK(decide(pinned) == "keep pinned");

  for (std::size_t i = 0; i < k_reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    AgedEntry entry = aged(1000h);
    entry.keep_because = reason;
    CHECK(decide(entry) == "keep " + std::string(name_of(reason)));
  }
}

TEST_CASE("a time that cannot be believed never removes") {
  AgedEntry entry = aged(0ms);
  for (const auto on_undatable : {OnUndatable::keep, OnUndatable::mtime}) {
    RetentionPolicy policy = policy_of(168h);
    policy.on_undatable = on_undatable;
    entry.facts.activity = k_as_of + 24h + 1ms;
    CHECK(decide(entry, policy) == "keep future-dated");
    entry.facts.activity = TimePoint::max();
    CHECK(decide(entry, policy) == "keep future-dated");
  }
  entry.facts.activity = *parse_date_time("1999-12-31T23:59:59Z");
  CHECK(decide(entry) == "keep undatable");
  entry.facts.activity = TimePoint::min();
  CHECK(decide(entry) == "keep undatable");
  entry.facts.activity.reset();
  CHECK(decide(entry) == "keep undatable");
}

TEST_CASE("the mtime counts only where the policy says so, and only if it can be believed") {
  RetentionPolicy policy = policy_of(168h);
  policy.on_undatable = OnUndatable::mtime;
  AgedEntry entry = aged(0ms);
  entry.facts.activity.reset();
  entry.mtime = k_as_of - 168h;
  CHECK(decide(entry, policy) == "keep fresh");
  entry.mtime = k_as_of - 168h - 1ms;
  CHECK(decide(entry, policy) == "remove stale");
  entry.mtime = TimePoint{};
  CHECK(decide(entry, policy) == "keep undatable");
  entry.mtime = k_as_of + 25h;
  CHECK(decide(entry, policy) == "keep future-dated");
  entry.mtime = k_as_of - 1000h;
  entry.facts.activity = k_as_of - 1h;
  CHECK(decide(entry, policy) == "keep fresh");
  entry.facts.activity = TimePoint{};
  CHECK(decide(entry, policy) == "remove stale");
}

TEST_CASE("keep_newest protects the most recently active, ties with the last of them included") {
  RetentionPolicy policy = policy_of(1h);
  const std::vector<AgedEntry> entries = {aged(5h), aged(3h), aged(4h), aged(3h), aged(2h)};
  policy.keep_newest = 0;
  CHECK(outcome(entries, policy) == "xxxxx");
  policy.keep_newest = 1;
  CHECK(outcome(entries, policy) == "xxxxn");
  policy.keep_newest = 2;
  CHECK(outcome(entries, policy) == "xnxnn");
  policy.keep_newest = 3;
  CHECK(outcome(entries, policy) == "xnxnn");
  policy.keep_newest = 4;
  CHECK(outcome(entries, policy) == "xnnnn");
  policy.keep_newest = 5;
  CHECK(outcome(entries, policy) == "nnnnn");
  policy.keep_newest = 1'000'000;
  CHECK(outcome(entries, policy) == "nnnnn");
}

TEST_CASE("fresh sessions take places among the newest, undatable and future ones do not") {
  RetentionPolicy policy = policy_of(1h);
  policy.keep_newest = 2;
  AgedEntry undatable = aged(0ms);
  undatable.facts.activity.reset();
  CHECK(outcome(std::vector{aged(0ms), aged(3h), aged(2h)}, policy) == "kxn");
  CHECK(outcome(std::vector{aged(0ms), aged(30min), aged(2h)}, policy) == "kkx");
  CHECK(outcome(std::vector{undatable, aged(-48h), aged(3h), aged(2h), aged(4h)}, policy) == "kknnx");
}

TEST_CASE("beyond max_delete nothing is removed at all") {
  RetentionPolicy policy = policy_of(1h);
  const std::vector<AgedEntry> entries = {aged(5h), aged(3h), aged(0ms), aged(0ms)};
  policy.max_delete_count = 2;
  CHECK(outcome(entries, policy) == "xxkk");
  policy.max_delete_count = 1;
  CHECK(outcome(entries, policy) == "bbkk");
  policy.max_delete_count = 0;
  CHECK(outcome(entries, policy) == "bbkk");
  policy.max_delete_count.reset();
  policy.max_delete_percent = 50;
  CHECK(outcome(entries, policy) == "xxkk");
  policy.max_delete_percent = 49.9;
  CHECK(outcome(entries, policy) == "bbkk");
  policy.max_delete_percent = 0;
  CHECK(outcome(entries, policy) == "bbkk");
  policy.max_delete_percent = 100;
  CHECK(outcome(entries, policy) == "xxkk");

  const RetentionPlan braked = [&] {
    policy.max_delete_percent = 10;
    return plan_retention(entries, policy, k_as_of);
  }();
  CHECK(braked.braked);
  CHECK(braked.stale == 2);
}

TEST_CASE("the brake counts after keep_newest, and per cent of sessions only") {
  RetentionPolicy policy = policy_of(1h);
  policy.keep_newest = 1;
  policy.max_delete_count = 1;
  CHECK(outcome(std::vector{aged(5h), aged(3h)}, policy) == "xn");

  RetentionPolicy percent = policy_of(1h);
  percent.max_delete_percent = 50;
  AgedEntry foreign = aged(0ms);
  foreign.keep_because = Reason::foreign;
  CHECK(outcome(std::vector{aged(5h), aged(0ms)}, percent) == "xk");
  CHECK(outcome(std::vector{aged(5h), foreign}, percent) == "bk");
  AgedEntry damaged = aged(0ms);
  damaged.facts.parses = false;
  CHECK(outcome(std::vector{aged(5h), damaged}, percent) == "xk");
}

TEST_CASE("an empty store has an empty plan") {
  RetentionPolicy policy = policy_of(1h);
  policy.max_delete_percent = 0;
  const RetentionPlan plan = plan_retention({}, policy, k_as_of);
  CHECK(plan.decisions.empty());
  CHECK_FALSE(plan.braked);
}
