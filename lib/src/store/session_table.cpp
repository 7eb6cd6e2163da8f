#include "session/session_table.h"

#include <algorithm>
#include <mutex>

namespace session {

namespace {

using Clock = std::chrono::steady_clock;

/// So many sessions are looked at under one hold of the lock.
constexpr std::size_t k_sessions_per_hold = 1'024;

std::uint64_t bytes_of(const SessionTable::VersionRef& version) {
  return version && version->content ? version->content->size() : 0;
}

bool holds_content(const SessionTable::VersionRef& version) { return version && version->content; }

}  // namespace

// In all of these what is made is made before the lock is taken, and what is dropped is dropped after.

void SessionTable::put(std::string id, SharedBytes content) {
  set(std::move(id), std::move(content), OnDisk::no);
}

void SessionTable::put_saved(std::string id, SharedBytes content) {
  set(std::move(id), std::move(content), OnDisk::yes);
}

void SessionTable::set(std::string id, SharedBytes content, OnDisk on_disk) {
  VersionRef version = std::make_shared<const Version>(Version{std::move(id), std::move(content)});
  const VersionRef latest = version;
  const std::unique_lock hold(mutex_);
  Entry& entry = entry_of(latest->id);
  exchange(entry, version);
  on_disk == OnDisk::yes ? unmark(entry) : mark_unsaved(entry);
}

bool SessionTable::put_if(std::string id, const SharedBytes& expected, SharedBytes content) {
  VersionRef version = std::make_shared<const Version>(Version{std::move(id), std::move(content)});
  const VersionRef latest = version;
  const std::unique_lock hold(mutex_);
  const auto found = entries_.find(latest->id);
  if (found == entries_.end() || found->second.version->content != expected) return false;
  exchange(found->second, version);
  mark_unsaved(found->second);
  return true;
}

bool SessionTable::remove(std::string_view id) {
  VersionRef version = std::make_shared<const Version>(Version{std::string(id), nullptr});
  const std::unique_lock hold(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || !holds_content(found->second.version)) return false;
  exchange(found->second, version);
  mark_unsaved(found->second);
  return true;
}

SharedBytes SessionTable::get(std::string_view id) const {
  const std::shared_lock hold(mutex_);
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.version->content;
}

SessionTable::Snapshot SessionTable::snapshot() const {
  Snapshot snapshot;
  std::size_t left = counts().unsaved;
  snapshot.unsaved.reserve(left);
  // From the last to the first: one that is unmarked between two holds makes the last take its place, which
  // may then be seen twice, but never missed.
  while (left > 0) {
    const std::shared_lock hold(mutex_);
    const Clock::time_point start = Clock::now();
    left = std::min(left, unsaved_.size());
    for (std::size_t i = 0; i < k_sessions_per_hold && left > 0; ++i) {
      snapshot.unsaved.push_back(unsaved_[--left]->version);
    }
    snapshot.lock_held = std::max<std::chrono::nanoseconds>(snapshot.lock_held, Clock::now() - start);
  }
  std::ranges::reverse(snapshot.unsaved);
  return snapshot;
}

void SessionTable::mark_saved(std::span<const VersionRef> versions) {
  while (!versions.empty()) {
    const auto some = versions.first(std::min(versions.size(), k_sessions_per_hold));
    versions = versions.subspan(some.size());
    std::vector<Entries::node_type> gone;
    const std::unique_lock hold(mutex_);
    for (const VersionRef& version : some) mark_one_saved(version, gone);
  }
}

void SessionTable::mark_all_unsaved() {
  const std::unique_lock hold(mutex_);
  unsaved_.reserve(entries_.size());
  for (auto& [id, entry] : entries_) mark_unsaved(entry);
}

SessionTable::Counts SessionTable::counts() const {
  const std::shared_lock hold(mutex_);
  return {sessions_, unsaved_.size(), bytes_};
}

SessionTable::Entry& SessionTable::entry_of(const std::string& id) { return entries_[id]; }

void SessionTable::exchange(Entry& entry, VersionRef& version) {
  bytes_ += bytes_of(version) - bytes_of(entry.version);
  sessions_ += static_cast<std::size_t>(holds_content(version)) -
               static_cast<std::size_t>(holds_content(entry.version));
  std::swap(entry.version, version);
}

void SessionTable::mark_unsaved(Entry& entry) {
  if (entry.unsaved_at != k_saved) return;
  entry.unsaved_at = unsaved_.size();
  unsaved_.push_back(&entry);
}

void SessionTable::unmark(Entry& entry) {
  if (entry.unsaved_at == k_saved) return;
  unsaved_[entry.unsaved_at] = unsaved_.back();
  unsaved_[entry.unsaved_at]->unsaved_at = entry.unsaved_at;
  unsaved_.pop_back();
  entry.unsaved_at = k_saved;
}

void SessionTable::mark_one_saved(const VersionRef& version, std::vector<Entries::node_type>& gone) {
  const auto found = entries_.find(version->id);
  if (found == entries_.end() || found->second.version != version) return;
  unmark(found->second);
  if (!version->content) gone.push_back(entries_.extract(found));
}

}  // namespace session
