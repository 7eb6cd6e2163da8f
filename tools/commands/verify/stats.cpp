#include "commands/verify/stats.h"

#include <nlohmann/json.hpp>

#include "cli/report/page_file.h"
#include "cli/shell.h"
#include "cli/signals.h"
#include "commands/verify/stats_page.h"
#include "commands/verify/stats_report.h"
#include "commands/verify/store_count.h"

namespace session::commands {
namespace {

StatsPage page_of(const cli::Context& context, const StatsRequest& request) {
  StatsPage::Commands commands;
  commands.verify = cli::command_like(context.common, "session-verify", request.verify_options);
  commands.repair = cli::command_like(context.common, "session-repair", {"--dry-run"});
  commands.clean = cli::command_like(context.common, "session-clean", {"--dry-run"});
  return StatsPage(std::move(commands), *request.inspect.as_of);
}

}  // namespace

cli::ExitStatus run_stats(cli::Context& context, const StatsRequest& request) {
  const auto stores = select_stores(request.paths, context);
  if (!stores) {
    const bool is_named = !request.paths.empty() || !context.common.stores.empty();
    return refuse(context, {is_named ? stores.error().message
                                     : "nothing to count: no path is given, and no store is configured",
                            "name directories (session-verify --stats DIR)"});
  }
  if (const auto place = cli::look_for_page_place(context.fs, request.page_file); !place) {
    context.report.error(place.error());
    return cli::k_exit_operation_failed;
  }
  cli::ExitStatus status = cli::k_exit_fine;
  std::uint64_t counted = 0, files = 0, bytes = 0;
  StatsPage page = page_of(context, request);
  for (const CleanStore& store : *stores) {
    if (cli::stop_requested()) break;
    const StoreStats stats = count_store(context, store, request.inspect, request.threads);
    if (!stats.errors.empty()) status |= cli::k_exit_operation_failed;
    page.add(stats);
    if (stats.failed) continue;
    report_stats(context.report, stats);
    if (stats.missing) continue;
    ++counted;
    files += stats.tally.files;
    bytes += stats.tally.bytes;
  }
  cli::Json totals;
  totals["stores"] = counted;
  totals["files"] = files;
  totals["bytes"] = bytes;
  context.report.summary(totals, {});
  // Of half of the stores a page would tell as of all.
  if (request.page_file.empty() || cli::stop_requested()) return status;
  if (const auto written = cli::write_page(context.fs, request.page_file, page.html()); !written) {
    context.report.error(written.error());
    status |= cli::k_exit_operation_failed;
  }
  return status;
}

}  // namespace session::commands
