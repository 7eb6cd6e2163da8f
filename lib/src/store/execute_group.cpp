#include <algorithm>
#include <atomic>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "session/execute.h"
#include "sys/dirty_pages.h"
#include "sys/staged_file.h"

namespace session {
namespace {

/// Below this many files a flush of each costs less than a flush of everything.
constexpr std::size_t k_few_files = 16;
/// Other programs' unwritten data that a flush of everything may have to wait for: about 4 ms a megabyte on
/// a disk that writes 250 MB/s, so beyond this a flush of each file is quicker (docs/performance.md).
constexpr std::uint64_t k_much_foreign_data = 32 << 20;

class GroupCommit {
 public:
  GroupCommit(Fs& fs, const Dir& dir, std::span<const ReplaceStep> steps, const GroupOptions& options)
      : fs_(fs), dir_(dir), steps_(steps), options_(options) {}

  std::vector<Result<Outcome>> run() {
    outcomes_.reserve(steps_.size());
    while (outcomes_.size() < steps_.size()) commit_next();
    return std::move(outcomes_);
  }

 private:
  struct Item {
    std::size_t index;
    std::optional<StagedFile> file;  // empty once it failed
    std::optional<Error> error;
    Written written;

    void fail(Error reason) {
      error = std::move(reason);
      file.reset();
    }
  };

  /// Commits the next steps, as many as may be open together.
  void commit_next() {
    const bool whole = flushes_whole_file_system();  // asked before our own data is dirty
    std::vector<Item> items = stage();
    flush(items, whole);
    const std::vector<File> old_versions = place(items);
    confirm(items);
    for (Item& item : items) {
      if (item.error) {
        outcomes_.emplace_back(Unexpected{std::move(*item.error)});
      } else {
        outcomes_.emplace_back(
            Outcome{.bytes_written = steps_[item.index].content->size(), .id = item.written.id});
      }
    }
  }

  std::vector<Item> stage() {
    std::vector<Item> items;
    for (std::size_t i = outcomes_.size(); i < steps_.size() && items.size() < options_.most_open_files;
         ++i) {
      const ReplaceStep& step = steps_[i];
      const auto fill = [&](const File& temporary) { return write_fully(fs_, temporary, *step.content); };
      Result<StagedFile> staged = StagedFile::stage(fs_, dir_, step.name, fill, step.options);
      // The descriptors are used up: commit what there is, which gives them back.
      if (!staged && is_out_of_descriptors(staged.error()) && !items.empty()) break;
      items.push_back({i, {}, {}, {}});
      if (staged) {
        items.back().file = std::move(*staged);
      } else {
        items.back().fail(staged.error());
      }
    }
    return items;
  }

  [[nodiscard]] bool flushes_whole_file_system() const {
    switch (options_.flush) {
      case GroupFlush::each_file: return false;
      case GroupFlush::whole_file_system: return true;
      case GroupFlush::automatic: break;
    }
    if (steps_.size() - outcomes_.size() <= k_few_files) return false;
    const std::optional<std::uint64_t> foreign = dirty_page_bytes(fs_);
    return foreign && *foreign <= k_much_foreign_data;
  }

  void flush(std::vector<Item>& items, bool whole) {
    std::vector<Item*> unflushed;
    for (Item& item : items) {
      const bool flushed = steps_[item.index].options.durability == Durability::none;
      if (item.file && !flushed) unflushed.push_back(&item);
    }
    // If it fails, the files are flushed one by one to learn which of them are concerned.
    if (unflushed.empty() || (whole && fs_.sync_file_system(dir_))) return;
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < unflushed.size(); i = next++) {
        Result<void> flushed = unflushed[i]->file->flush();
        if (!flushed) unflushed[i]->fail(flushed.error());
      }
    };
    const std::size_t most = std::max(1U, options_.flush_threads);
    std::vector<std::jthread> threads;
    try {
      while (threads.size() + 1 < std::min(most, unflushed.size())) threads.emplace_back(work);
    } catch (const std::system_error&) {
      // The system allows no more threads: those there are, this one at least, do all the work.
    }
    work();
  }

  /// Returns what holds the blocks of the versions before, until the directory is durable.
  std::vector<File> place(std::vector<Item>& items) {
    for (Item& item : items) {
      if (!item.file) continue;
      if (Result<void> closed = item.file->close(); !closed) item.fail(closed.error());
    }
    std::vector<File> old_versions;
    for (Item& item : items) {
      if (!item.file) continue;
      Result<Published> published = item.file->place();
      if (!published) {
        item.fail(published.error());
        continue;
      }
      item.written = published->written;
      old_versions.push_back(std::move(published->old));
    }
    return old_versions;
  }

  void confirm(std::vector<Item>& items) {
    const auto promised = [this](const Item& item) {
      return item.file && steps_[item.index].options.durability == Durability::full;
    };
    const auto last = std::find_if(items.rbegin(), items.rend(), promised);
    if (last == items.rend()) return;
    const Result<void> synced = fs_.sync_renamed(dir_, steps_[last->index].name);
    if (synced) return;
    for (Item& item : items) {
      const Path path = join_path(dir_.path(), steps_[item.index].name);
      if (promised(item)) item.fail(unconfirmed(synced.error(), path).error);
    }
  }

  Fs& fs_;
  const Dir& dir_;
  std::span<const ReplaceStep> steps_;
  const GroupOptions& options_;
  std::vector<Result<Outcome>> outcomes_;
};

}  // namespace

std::vector<Result<Outcome>> execute_group(Fs& fs, const Dir& dir, std::span<const ReplaceStep> steps,
                                           const GroupOptions& options) {
  return GroupCommit(fs, dir, steps, options).run();
}

}  // namespace session
