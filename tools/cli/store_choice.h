#pragma once
// What --store and --layout name: one reading and one wording for all tools.

#include "cli/options.h"
#include "session/config.h"
#include "session/layout.h"

namespace session::cli {

/// The layout --layout names, one of the configuration before a built-in one; nullptr where it is not given.
Result<const Layout*, UsageProblem> chosen_layout(const Context& context);

/// The layout of that name, one of the configuration before a built-in one; nullptr if there is none.
const Layout* named_layout(const Config& config, std::string_view name);

struct ChosenStore {
  Path path;
  const StoreConfig* configured = nullptr;  ///< nullptr: a directory that the configuration does not name
  /// As configured, else by where it stands; nullptr: not known. --layout is not looked at.
  const Layout* layout = nullptr;
};

/// The store that `name`, a value of --store, means: a configured one, else a directory.
Result<ChosenStore, UsageProblem> chosen_store(const Context& context, const std::string& name);

/// A configured store.
ChosenStore configured_store(const Config& config, const StoreConfig& store);

/// How a path compares with the homes of layouts and with configured stores: from the root, without "." and
/// "..", symlinks as they are, no slash at its end.
Path absolute_path(const Path& path);

}  // namespace session::cli
