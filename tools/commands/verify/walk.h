#pragma once
// The walk: from what the user named to tasks, in a stable order and bounded memory.

#include <functional>
#include <vector>

#include "cli/store_choice.h"
#include "commands/verify/shard.h"
#include "commands/verify/task.h"
#include "session/scan.h"

namespace session::commands {

class VerifyWalk {
 public:
  using Submit = std::function<void(VerifyTask)>;
  /// `layout`: what --layout names, or nullptr; every directory walked is then a store of it. Only the files
  /// of `shard` are submitted. `stop` is asked between files; `many` is called when there will be many
  /// (ScanOptions::many).
  VerifyWalk(const cli::Context& context, const Layout* layout, Shard shard, Submit submit,
             std::function<bool()> stop, std::function<void()> many = {});

  /// A file, a directory (with everything below it), or "-" for standard input.
  void add_path(const Path& path);
  void add_store(const cli::ChosenStore& store);
  /// The paths in the file `list` ("-" is standard input), each ended by NUL, and "-" among them a file's
  /// name. An error: the list could not be read to its end, unless `stop` ended it.
  Result<void> add_listed(const Path& list);
  /// The arguments walked so far, by VerifyTask::root.
  [[nodiscard]] const std::vector<Path>& roots() const { return roots_; }
  /// Entries that are symlinks or no regular files: reported, not followed.
  [[nodiscard]] std::uint64_t special_entries() const { return special_entries_; }

 private:
  /// What a directory is taken for: the given layout's, or whatever its path says.
  struct Store {
    const Layout* layout = nullptr;
    bool is_store = false;
  };
  /// `below`: where the directory stands in the store.
  [[nodiscard]] std::shared_ptr<const VerifyPlace> make_place(std::shared_ptr<const Dir> dir,
                                                              const Store& store,
                                                              std::string_view below = {}) const;
  [[nodiscard]] Store configured(const Path& directory) const;
  [[nodiscard]] Store asked_for() const { return {layout_, layout_ != nullptr}; }
  void walk(const Path& root, const Store& store);
  void add_entry(const std::shared_ptr<const VerifyPlace>& place, ScanItem item);
  void add_file(const Path& path);
  void add_linked(const Path& path);
  void submit_file(std::shared_ptr<const VerifyPlace> place, Name name, const Path& shown);
  std::shared_ptr<const VerifyPlace> parent_place(const Path& parent);
  void submit_error(Error error);

  Fs& fs_;
  const Layout* layout_;
  Shard shard_;
  std::vector<cli::ChosenStore> configured_;  ///< with absolute paths
  Submit submit_;
  std::function<bool()> stop_;
  std::function<void()> many_;
  std::vector<Path> roots_;
  std::uint64_t special_entries_ = 0;
  /// The parent of the last file named: lists of files mostly stay in one directory.
  Path last_parent_;
  std::shared_ptr<const VerifyPlace> last_place_;
};

}  // namespace session::commands
