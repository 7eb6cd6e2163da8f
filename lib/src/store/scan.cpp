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

class Scanner {
 public:
  Scanner(Fs& fs, const ScanOptions& options, const Visit& visit)
      : fs_(fs), options_(options), visit_(visit) {}

  /// Visits everything in and below `dir`; false when the visitor wants no more.
  bool visit_directory(const std::shared_ptr<Dir>& dir) {
    std::string after;
    std::shared_ptr<Dir> listed = dir;
    for (;;) {
      Listing listing = list_after(fs_, *listed, after, options_);
      if (!visit_names(dir, listing.names)) return false;
      if (listing.error) return visit_listing_error(dir, std::move(*listing.error));
      if (listing.complete) return true;
      after = listing.names.name(listing.names.size() - 1);
      Result<Dir> again = fs_.open_subdir(*dir, ".");
      if (!again) return visit_listing_error(dir, std::move(again).error());
      listed = std::make_shared<Dir>(std::move(*again));
    }
  }

 private:
  bool visit_names(const std::shared_ptr<Dir>& dir, const NameTable& names) {
    std::vector<ScanItem> batch;
    for (std::size_t index = 0; index < names.size(); ++index) {
      std::optional<ScanItem> item = look_at(*dir, Name(names.name(index)), names.type(index));
      if (!item) continue;
      std::shared_ptr<Dir> below = enter(dir, *item);
      if (item->error && item->error->code == Errc::not_found) continue;
      if (batch.empty()) batch.reserve(std::min(names.size() - index, options_.batch_items));
      batch.push_back(std::move(*item));
      if (below == nullptr && batch.size() < options_.batch_items) continue;
      if (!visit_(dir, std::exchange(batch, {}))) return false;
      if (below != nullptr && !visit_directory(below)) return false;
    }
    return batch.empty() || visit_(dir, std::move(batch));
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
};

}  // namespace

Result<void> scan(Fs& fs, const Path& root, const ScanOptions& options, const Visit& visit) {
  Result<Dir> dir = fs.open_dir(root, FollowLinks::yes);
  if (!dir) return Unexpected{std::move(dir).error()};
  Scanner(fs, options, visit).visit_directory(std::make_shared<Dir>(std::move(*dir)));
  return {};
}

}  // namespace session
