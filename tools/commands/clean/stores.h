#pragma once
// Which stores session-clean works on, and by which rules. Never a guess: with nothing named, configured or
// found beside a configuration, there is nothing to clean.

#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "session/fs.h"
#include "session/layout.h"

namespace session::commands {

struct DirectoryId {
  std::uint64_t dev = 0;
  std::uint64_t ino = 0;
  friend bool operator==(const DirectoryId&, const DirectoryId&) = default;
};

/// What belongs to another store of the run: a directory, one file in it, or (of this store's own directory)
/// the names that are sessions of another layout and not of this one.
struct OtherStore {
  DirectoryId directory;
  std::optional<Name> only;
  const Layout* beside = nullptr;
};

struct CleanStore {
  std::string name;                ///< as configured; else empty
  Path path;                       ///< of the directory, as the user would type it
  std::optional<Name> only;        ///< one file was named: nothing else in the directory is touched
  const Layout* layout = nullptr;  ///< nullptr: to be found by content
  RetentionPolicy policy;
  bool trash = false;
  milliseconds trash_ttl{0};
  /// Somebody typed it: that it is missing is worth a warning.
  bool named = false;
  std::vector<OtherStore> others;  ///< left alone where they are met in this one
};

/// The stores to clean: `paths` and --store, else the home of --layout, else those configured, else
/// `.synapse/sessions` of the project whose configuration was found. The layouts pointed to are built-in
/// or those of `config`.
Result<std::vector<CleanStore>, cli::UsageProblem> select_stores(const std::vector<std::string>& paths,
                                                                 const cli::Context& context);

}  // namespace session::commands
