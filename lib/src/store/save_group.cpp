#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "session/lock.h"
#include "session/save.h"
#include "store/link_place.h"
#include "store/save_guards.h"
#include "sys/staged_file.h"

namespace session {
namespace {

/// So many sessions are locked and committed together: as many as a batch hands over, for one flush of the
/// directory. Fewer where descriptors run out.
constexpr std::size_t k_most_in_group = 1'024;

class GroupSave {
 public:
  GroupSave(Fs& fs, const Dir& dir, std::span<const SaveItem> items, Format format,
            const SaveOptions& options)
      : fs_(fs), dir_(dir), items_(items), format_(format), options_(options), results_(items.size()) {
    for (std::size_t i = 0; i < items.size(); ++i) order_.push_back(i);
    // One order for all programs that lock several sessions, so that none waits for another in a circle.
    std::ranges::stable_sort(order_, {}, [&](std::size_t i) -> const Name& { return items_[i].name; });
  }

  std::vector<Result<Saved>> run() {
    const Result<Lock> store =
        lock_file(fs_, dir_, Name(k_lock_name), LockKind::shared, options_.lock_patience);
    if (!store) return std::vector<Result<Saved>>(items_.size(), Unexpected{store.error()});
    // A session that another program holds must not make the others wait.
    commit_all(milliseconds(0));
    order_ = std::exchange(held_by_others_, {});
    commit_all(options_.lock_patience);
    for (const std::size_t index : held_by_others_) {
      results_[index] = fail(Errc::busy, Op::lock, join_path(dir_.path(), items_[index].name));
    }
    save_appeared();
    save_linked();
    std::vector<Result<Saved>> results;
    for (std::optional<Result<Saved>>& result : results_) results.push_back(std::move(*result));
    return results;
  }

 private:
  /// Commits all in order_, with `patience` for all locks together; those that stay locked are
  /// held_by_others_ then.
  void commit_all(milliseconds patience) {
    give_up_at_ = deadline_in(patience);
    for (std::size_t from = 0; from < order_.size();) from = commit(from);
  }

  /// Commits items from `from` in the order of their names, as many as may be open together; returns the
  /// first that is left.
  std::size_t commit(std::size_t from) {
    std::vector<File> locks;
    std::vector<ReplaceStep> steps;
    std::vector<std::size_t> of_step;
    std::size_t next = from;
    for (; next < order_.size() && steps.size() < k_most_in_group; ++next) {
      const std::size_t index = order_[next];
      // The same session twice: the second is a save of its own, after the first.
      if (!steps.empty() && steps.back().name == items_[index].name) break;
      const bool is_held =
          !held_by_others_.empty() && items_[held_by_others_.back()].name == items_[index].name;
      Result<ReplaceStep> step = is_held ? fail(Errc::busy, Op::lock, "") : prepare(items_[index], locks);
      if (!step && is_out_of_descriptors(step.error()) && !steps.empty()) break;
      if (!step && step.error().code == Errc::busy) {
        held_by_others_.push_back(index);
      } else if (step) {
        steps.push_back(std::move(*step));
        of_step.push_back(index);
      } else {
        results_[index] = Unexpected{std::move(step).error()};
      }
    }
    const GroupOptions together{.most_open_files = k_most_in_group};
    const std::vector<Result<Outcome>> outcomes = execute_group(fs_, dir_, steps, together);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      results_[of_step[i]] = done(steps[i], outcomes[i]);
    }
    return next;
  }

  /// Locks the session, where it exists, and finds out what must stand there until it is replaced.
  Result<ReplaceStep> prepare(const SaveItem& item, std::vector<File>& locks) const {
    ReplaceStep step{item.name, item.content, {.durability = options_.durability}};
    Result<File> session =
        open_locked(fs_, dir_, item.name, Access::read, LockKind::exclusive, left_until(give_up_at_));
    if (!session && session.error().code != Errc::not_found) return Unexpected{std::move(session).error()};
    std::optional<FileId> standing;
    if (session) {
      const Result<Stat> about = fs_.stat(*session);
      if (!about) return Unexpected{about.error()};
      standing = id_of(*about);
      locks.push_back(std::move(*session));
    }
    const Path path = join_path(dir_.path(), item.name);
    if (item.owned && standing != item.on_disk) return fail(Errc::changed, Op::validate, path);
    step.options.expected = standing;
    if (!standing) {
      step.options.existing = Existing::refuse;
    } else if (options_.husk == Husk::refuse) {
      const Result<void> checked =
          check_husk(fs_, locks.back(), standing->size, path, *item.content, format_);
      if (!checked) return Unexpected{checked.error()};
    }
    return step;
  }

  /// Sessions that others made between the look and the write.
  void save_appeared() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const std::optional<Result<Saved>>& result = results_[i];
      if (items_[i].owned || *result || result->error().code != Errc::exists) continue;
      results_[i] = save_session(fs_, dir_, items_[i].name, items_[i].content, format_, options_);
    }
  }

  /// A session that is a symbolic link is saved where it points, as a single one is.
  void save_linked() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (*results_[i] || (*results_[i]).error().code != Errc::not_regular) continue;
      const Result<std::optional<Place>> link = place_of_link(fs_, dir_, items_[i].name);
      if (!link || !*link) continue;
      SaveItem item = items_[i];
      item.name = (*link)->name;
      SaveOptions options = options_;
      options.lock_patience = left_until(give_up_at_);
      results_[i] = std::move(save_sessions(fs_, (*link)->dir, {&item, 1}, format_, options).front());
    }
  }

  static Result<Saved> done(const ReplaceStep& step, const Result<Outcome>& outcome) {
    if (!outcome) return Unexpected{outcome.error()};
    return Saved{step.options.expected.has_value(), outcome->bytes_written, outcome->id};
  }

  Fs& fs_;
  const Dir& dir_;
  std::span<const SaveItem> items_;
  Format format_;
  const SaveOptions& options_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t>
      held_by_others_;  // in the same order, a later save of a session behind the earlier
  std::chrono::steady_clock::time_point give_up_at_;
  std::vector<std::optional<Result<Saved>>> results_;
};

}  // namespace

std::vector<Result<Saved>> save_sessions(Fs& fs, const Dir& dir, std::span<const SaveItem> items,
                                         Format format, const SaveOptions& options) {
  return GroupSave(fs, dir, items, format, options).run();
}

}  // namespace session
