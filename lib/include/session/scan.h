#pragma once
// Scanning: the entries of a store or tree, in an order that does not depend on the file system, in bounded
// memory for any number of entries, and with a bounded number of directories open however deep the tree is.
// Errors of one entry are items, never the end of the scan. Symlinks are reported, never followed (only a
// root given by the user is resolved); nothing is opened but directories.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "session/fs.h"

namespace session {

struct ScanItem {
  Name name;  ///< empty: the item stands for the directory itself
  FileType type = FileType::unknown;
  /// The entry could not be looked at, the subdirectory not opened, or (empty name) the directory not
  /// listed to its end, or one above it not come back to.
  std::optional<Error> error;
};

enum class Recurse : bool { no, yes };

struct ScanOptions {
  Recurse recurse = Recurse::no;
  /// A directory of more than twice as many entries is listed in several passes, each holding the names
  /// that sort next, so that its size never sets the memory used.
  std::size_t names_in_memory = 65'536;
  /// At most this many items in one visit.
  std::size_t batch_items = 1'024;
  /// So many directories from the root on stay open, for the way back; those below them are let go of, and
  /// opened again when what is below has been scanned.
  std::size_t held_open = 64;
  /// Whether to enter the subdirectory of that name; its item is visited all the same. Empty: all.
  std::function<bool(const std::shared_ptr<const Dir>& dir, const Name& name)> enter = {};
  /// Called while a directory is still listed, once it is known to have more than k_many entries: the time
  /// until the first visit can be used. May be empty.
  std::function<void()> many = {};
  static constexpr std::size_t k_many = 512;
};

/// Gets the open directory and some of its entries; `dir` stays open for as long as anybody holds it.
/// Returns false to stop the scan.
using Visit = std::function<bool(const std::shared_ptr<const Dir>& dir, std::vector<ScanItem> items)>;

/// Visits the entries of `root` in bytewise order of their names. With Recurse::yes the entries of a
/// subdirectory follow the subdirectory's own item: together that is the bytewise order of the paths,
/// component by component. The type of an item without an error is never `unknown`; an entry that
/// vanishes meanwhile is left out. Error: `root` could not be opened.
Result<void> scan(Fs& fs, const Path& root, const ScanOptions& options, const Visit& visit);

}  // namespace session
