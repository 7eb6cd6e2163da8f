#pragma once
// Where session-save writes: the store, and the file that an id or --file means in it.

#include <string>
#include <string_view>

#include "cli/options.h"
#include "commands/save/options.h"
#include "session/layout.h"

namespace session::commands {

/// The directory an id is saved in.
struct SaveStore {
  Path path;
  const Layout* layout = nullptr;  ///< nullptr: not known
  Format format = Format::json;    ///< of its sessions
};

/// One file to be written. Its directory need not exist yet.
struct SaveTarget {
  Path path;       ///< as the user would type it
  std::string id;  ///< empty for --file
  Format format = Format::json;
};

/// The one store of --store, else of --layout, else the configured one, else `.synapse/sessions` of the
/// project whose configuration was found.
Result<SaveStore, cli::UsageProblem> select_save_store(const cli::Context& context,
                                                       const SaveRequest& request);

/// The same, with the rights of the store's owner taken on where root works for somebody else
/// (act_as_owner.h).
Result<SaveStore, cli::UsageProblem> take_save_store(const cli::Context& context, const SaveRequest& request);

/// The file of the session `id`: bad_argument where the id cannot be a file name, or the file would
/// not be a session of the store (side files, temporaries).
Result<SaveTarget> target_of_id(const SaveStore& store, std::string_view id);

/// The file of --file.
Result<SaveTarget, cli::UsageProblem> target_of_file(const cli::Context& context, const SaveRequest& request);

/// An error where the session `target`, to be saved as `name` in `dir`, would be begun anew beside the file
/// in which it stands in the other format.
Result<void, cli::UsageProblem> check_no_twin(Fs& fs, const SaveTarget& target, const Dir& dir,
                                              const Name& name, const SaveRequest& request);

/// The directory and name of the target, made (0700) where they are missing; symlinks are resolved.
Result<Place> open_target(Fs& fs, const SaveTarget& target, Durability durability);

}  // namespace session::commands
