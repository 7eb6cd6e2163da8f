#pragma once
// session-verify --stats: a store at a glance. How many sessions, how large and how old, what damage they
// have, and what the next clean-up would remove. Nothing is touched.

#include <string>
#include <vector>

#include "cli/run.h"
#include "session/inspect.h"

namespace session::commands {

struct StatsRequest {
  std::vector<std::string> paths;  ///< with --store and --layout of the context, as session-clean takes them
  InspectOptions inspect;
  std::size_t threads = 1;
  std::string page_file;                    ///< of the page for a browser; empty: none
  std::vector<std::string> verify_options;  ///< of this run, for the commands on that page
};

/// One item for each store. Damage does not change the status: it is counted, not judged.
cli::ExitStatus run_stats(cli::Context& context, const StatsRequest& request);

}  // namespace session::commands
