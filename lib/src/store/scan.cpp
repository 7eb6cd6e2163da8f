#include "session/scan.h"

#include <algorithm>
#include <string_view>

namespace session {
namespace {

/// Names and types of directory entries in one arena: 100,000 names cost about 5 MB instead of the 12 MB of
/// as many strings.
class NameTable {
 public:
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::string_view name(std::size_t index) const { return name_of(entries_[index]); }
  [[nodiscard]] FileType type(std::size_t index) const { return entries_[index].type; }

  void add(std::string_view name, FileType type) {
    entries_.push_back({beginning_of(name), arena_.size(), static_cast<std::uint32_t>(name.size()), type});
    arena_ += name;
  }

  void sort() {
    std::sort(entries_.begin(), entries_.end(),
              [this](const Entry& a, const Entry& b) { return sorts_before(a, b); });
  }

  /// Keeps the `count` names that sort first, sorted.
  void keep_first(std::size_t count) {
    const auto cut = entries_.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(entries_.begin(), cut, entries_.end(),
                     [this](const Entry& a, const Entry& b) { return sorts_before(a, b); });
    entries_.erase(cut, entries_.end());
    sort();
    std::string arena;
    arena.reserve(arena_.size());
    for (Entry& entry : entries_) {
      const std::string_view name = name_of(entry);
      entry.offset = arena.size();
      arena += name;
    }
    arena_ = std::move(arena);
  }

 private:
  struct Entry {
    std::uint64_t beginning;
    std::size_t offset;
    std::uint32_t length;
    FileType type;
  };

  /// The first eight bytes, as a number that sorts as they do: most names differ there.
  static std::uint64_t beginning_of(std::string_view name) {
    std::uint64_t beginning = 0;
    for (std::size_t i = 0; i < sizeof(beginning); ++i) {
      beginning = beginning << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
    }
    return beginning;
  }

  bool sorts_before(const Entry& a, const Entry& b) const {
    return a.beginning != b.beginning ? a.beginning < b.beginning : name_of(a) < name_of(b);
  }
  [[nodiscard]] std::string_view name_of(const Entry& entry) const {
    return std::string_view(arena_).substr(entry.offset, entry.length);
  }

  std::string arena_;
  std::vector<Entry> entries_;
};

/// The names of a directory that sort after `after`, as many as fit.
struct Listing {
  NameTable names;
  bool complete = true;  ///< no name of the directory sorts after these
  std::optional<Error> error;
};

Listing list_after(Fs& fs, Dir& dir, std::string_view after, const ScanOptions& options) {
  const std::size_t limit = std::max<std::size_t>(options.names_in_memory, 1);
  Listing listing;
  bool many = false;
  std::vector<DirEntry> entries;
  std::string bound;
  for (bool more = true; more;) {
    entries.clear();
    Result<bool> read = fs.read_dir(dir, entries);
    if (!read) listing.error = read.error();
    more = read && *read;
    if (more && !many && listing.names.size() + entries.size() > ScanOptions::k_many) {
      many = true;
      if (options.many) options.many();
    }
    for (const DirEntry& entry : entries) {
      if (entry.name <= after || (!listing.complete && entry.name > bound)) continue;
      listing.names.add(entry.name, entry.type);
      if (listing.names.size() < 2 * limit) continue;
      listing.names.keep_first(limit);
      bound = listing.names.name(limit - 1);
      listing.complete = false;
    }
  }
  listing.names.sort();
  return listing;
}

/// Goes through a tree with a stack of its own, so that its depth costs neither the stack of the thread nor,
/// beyond the first levels, descriptors.
class Scanner {
 public:
  Scanner(Fs& fs, const ScanOptions& options, const Visit& visit)
      : fs_(fs), options_(options), visit_(visit) {}

  void scan(Dir root) {
    descend(std::make_shared<Dir>(std::move(root)));
    while (!levels_.empty() && go_on()) {
    }
  }

 private:
  struct Level {
    std::shared_ptr<Dir> dir;  ///< empty: let go of until what is below it has been scanned
    Stat about;                ///< of what was let go of
    std::size_t path_length = 0;
    Listing listing;
    std::size_t next = 0;  ///< of the names listed
  };

  void list(Level& level, Dir& listed) {
    const std::size_t last = level.listing.names.size();
    const std::string after(last == 0 ? std::string_view() : level.listing.names.name(last - 1));
    level.listing = list_after(fs_, listed, after, options_);
    level.next = 0;
  }

  /// One step: to the next subdirectory, further in the listing, or back up. False when the visitor wants no
  /// more.
  bool go_on() {
    Level& level = levels_.back();
    std::shared_ptr<Dir> below;
    if (!visit_names(level, below)) return false;
    if (below != nullptr) {
      descend(std::move(below));
      return true;
    }
    if (!level.listing.error && !level.listing.complete) {
      Result<Dir> again = fs_.open_subdir(*level.dir, ".");
      if (again) {
        list(level, *again);
        return true;
      }
      level.listing.error = std::move(again).error();
    }
    if (level.listing.error && !visit_listing_error(level.dir, std::move(*level.listing.error))) return false;
    return ascend();
  }

  /// Visits the names up to the first subdirectory that is to be entered, which is `below` then.
  bool visit_names(Level& level, std::shared_ptr<Dir>& below) {
    const NameTable& names = level.listing.names;
    std::vector<ScanItem> batch;
    while (level.next < names.size()) {
      const std::size_t index = level.next++;
      std::optional<ScanItem> item = look_at(*level.dir, Name(names.name(index)), names.type(index));
      if (!item) continue;
      below = enter(level.dir, *item);
      if (item->error && item->error->code == Errc::not_found) continue;
      if (batch.empty()) batch.reserve(std::min(names.size() - index, options_.batch_items));
      batch.push_back(std::move(*item));
      if (below == nullptr && batch.size() < options_.batch_items) continue;
      if (!visit_(level.dir, std::exchange(batch, {}))) return false;
      if (below != nullptr) return true;
    }
    return batch.empty() || visit_(level.dir, std::move(batch));
  }

  void descend(std::shared_ptr<Dir> below) {
    if (levels_.size() > options_.held_open) let_go(levels_.back(), *below);
    Level& level = levels_.emplace_back();
    level.dir = std::move(below);
    list(level, *level.dir);
  }

  /// Only where `below` leads back to it: one that may be listed but not searched does not, and there is none
  /// below that, so that nearly nothing stays open for it.
  void let_go(Level& level, const Dir& below) {
    const Result<Stat> about = fs_.stat(*level.dir);
    const Result<Stat> above = fs_.stat(below, "..");
    if (!about || !above || !is_same(*about, *above)) return;
    level.about = *about;
    level.path_length = level.dir->path().size();
    level.dir.reset();
  }

  bool ascend() {
    const std::shared_ptr<Dir> left = std::move(levels_.back().dir);
    levels_.pop_back();
    if (levels_.empty() || levels_.back().dir != nullptr) return true;
    Result<Dir> back = open_again(*left, levels_.back());
    if (back) {
      levels_.back().dir = std::make_shared<Dir>(std::move(*back));
      return true;
    }
    // What is left in it, and in those above it that were let go of, cannot be come to.
    while (levels_.back().dir == nullptr) levels_.pop_back();
    return visit_listing_error(left, std::move(back).error());
  }

  static bool is_same(const Stat& a, const Stat& b) { return a.dev == b.dev && a.ino == b.ino; }

  /// By "..", which leads elsewhere where somebody has moved a directory meanwhile.
  Result<Dir> open_again(const Dir& left, const Level& level) {
    const Path path = left.path().substr(0, level.path_length);
    Result<Dir> above = fs_.open_subdir(left, "..");
    if (!above) return fail_errno(above.error().os_errno, Op::open, path);
    const Result<Stat> about = fs_.stat(*above);
    if (!about) return Unexpected{about.error()};
    if (!is_same(*about, level.about)) {
      return fail(Errc::changed, Op::open, path,
                  "a directory in it was moved; the rest of it is not looked at");
    }
    return Dir(fs_, above->release(), path);
  }

  std::optional<ScanItem> look_at(const Dir& dir, Name name, FileType type) {
    ScanItem item{std::move(name), type, {}};
    if (type != FileType::unknown) return item;
    Result<Stat> stat = fs_.stat(dir, item.name);
    if (stat) {
      item.type = stat->type;
    } else if (stat.error().code == Errc::not_found) {
      return std::nullopt;
    } else {
      item.error = std::move(stat).error();
    }
    return item;
  }

  /// Opens the subdirectory an item stands for, where subdirectories are wanted; a failure is noted in it.
  std::shared_ptr<Dir> enter(const std::shared_ptr<Dir>& dir, ScanItem& item) {
    if (options_.recurse == Recurse::no || item.type != FileType::directory) return nullptr;
    if (options_.enter && !options_.enter(dir, item.name)) return nullptr;
    Result<Dir> below = fs_.open_subdir(*dir, item.name);
    if (below) return std::make_shared<Dir>(std::move(*below));
    item.error = std::move(below).error();
    return nullptr;
  }

  bool visit_listing_error(const std::shared_ptr<Dir>& dir, Error error) {
    std::vector<ScanItem> items;
    items.push_back({Name(), FileType::directory, std::move(error)});
    return visit_(dir, std::move(items));
  }

  Fs& fs_;
  const ScanOptions& options_;
  const Visit& visit_;
  std::vector<Level> levels_;  ///< from the root down; the last is being scanned
};

}  // namespace

Result<void> scan(Fs& fs, const Path& root, const ScanOptions& options, const Visit& visit) {
  Result<Dir> dir = fs.open_dir(root, FollowLinks::yes);
  if (!dir) return Unexpected{std::move(dir).error()};
  Scanner(fs, options, visit).scan(std::move(*dir));
  return {};
}

}  // namespace session
