#pragma once
// What is counted of a store, for a terminal and for programs.

#include "cli/report.h"
#include "commands/verify/store_stats.h"

namespace session::commands {

/// The item of the store: its record, and its lines for a person.
void report_stats(cli::Reporter& report, const StoreStats& stats);

}  // namespace session::commands
