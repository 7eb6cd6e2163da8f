#pragma once
// The counting of a store: surveyed as session-clean does, then verified. Nothing is touched.

#include "cli/run.h"
#include "commands/clean/stores.h"
#include "commands/verify/store_stats.h"
#include "session/inspect.h"

namespace session::commands {

/// Counts `store` by `inspect`, whose time (as_of) must be set. A signal to stop ends it early. Errors are
/// reported, and stand in the result.
StoreStats count_store(cli::Context& context, const CleanStore& store, const InspectOptions& inspect,
                       std::size_t threads);

}  // namespace session::commands
