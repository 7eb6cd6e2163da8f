#include "commands/save/autosave.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "cli/limits.h"
#include "cli/log.h"
#include "cli/signals.h"
#include "commands/save/notify.h"
#include "commands/save/one.h"
#include "commands/save/server.h"
#include "commands/save/target.h"

namespace session::commands {
namespace {

using cli::ExitStatus;
using cli::LogLevel;

/// For replies that are not sent yet when everything else is done.
constexpr milliseconds k_last_words{1'000};

void log_load(const Path& store, const LoadReport& report) {
  for (const AsideNote& note : report.left_alone) {
    cli::log(LogLevel::warning, fmt::format("not loaded and left as it is: {}", describe(note.reason)));
  }
  cli::log(LogLevel::info, fmt::format("{}: {} sessions loaded ({} bytes), {} left as they are", store,
                                       report.loaded, report.bytes, report.left_alone.size()));
}

/// What could not be saved before the end: named, so that somebody can look after it.
ExitStatus report_unsaved(const std::vector<std::string>& unsaved) {
  if (unsaved.empty()) {
    cli::log(LogLevel::info, "everything is saved");
    return cli::k_exit_fine;
  }
  cli::log(LogLevel::error, fmt::format("{} sessions were not saved before the end", unsaved.size()));
  log_ids("not saved before the end", unsaved);
  return cli::k_exit_operation_failed;
}

/// Serves until the end of input or a signal, then saves the rest.
ExitStatus serve(cli::Context& context, const std::shared_ptr<Autosave>& autosave, ListeningSocket socket,
                 SaveServer::StandardInput input) {
  const auto board = std::make_shared<RoundBoard>();
  AutosaveLoop loop(autosave, context.config.interval, [board](const RoundReport& report) {
    board->count(report);
    log_round(report);
  });
  SaveServer server(*autosave, loop, board, std::move(socket), input);
  notify_service_manager("READY=1");
  server.run();
  notify_service_manager("STOPPING=1");
  cli::log(LogLevel::info, cli::stop_requested() ? "asked to stop: saving what is left"
                                                 : "end of input: saving what is left");
  const auto deadline = deadline_in(context.config.shutdown_timeout);
  // Only a part: what has been taken must be saved, too.
  server.drain(context.config.shutdown_timeout / 5);
  const std::vector<std::string> unsaved = loop.stop(left_until(deadline));
  // A client that reads nothing must not hold up who asked for the end.
  const bool is_asked = cli::stop_requested();
  server.finish(unsaved, is_asked ? std::min(left_until(deadline), k_last_words) : left_until(deadline));
  ExitStatus status = report_unsaved(unsaved);
  if (server.feed_failure()) {
    cli::log(LogLevel::error, describe(*server.feed_failure()) + "; what came after it was not read");
    status |= cli::k_exit_operation_failed;
  }
  return status;
}

}  // namespace

ExitStatus save_autosave(cli::Context& context, const SaveRequest& request) {
  if (context.common.format != "text") {
    return refuse(context, {fmt::format("--format {} has no meaning with --autosave", context.common.format),
                            "its replies are JSON Lines whatever the format"});
  }
  const Result<SaveStore, cli::UsageProblem> store = take_save_store(context, request);
  if (!store) return refuse(context, store.error());
  cli::accept_stop_signal();
  cli::show_info_in_log();
  cli::raise_descriptor_limit();
  const AutosaveOptions options{.layout = store->layout,
                                .format = store->format,
                                .durability = context.config.durability,
                                .lock_patience = context.config.lock_timeout,
                                .takes_twins = request.format.has_value()};
  LoadReport loaded;
  const Result<std::shared_ptr<Autosave>> autosave = Autosave::open(context.fs, store->path, options, loaded);
  if (!autosave) {
    const bool busy = autosave.error().code == Errc::busy;
    context.report.error(autosave.error(), busy ? "another session-save --autosave keeps this store" : "",
                         stage_of(autosave.error()));
    return cli::k_exit_operation_failed;
  }
  log_load(store->path, loaded);
  ListeningSocket socket;
  if (!request.listen.empty()) {
    Result<ListeningSocket> listening = ListeningSocket::listen(context.fs, request.listen);
    if (!listening) {
      context.report.error(listening.error());
      return listening.error().code == Errc::bad_argument ? cli::k_exit_usage : cli::k_exit_operation_failed;
    }
    socket = std::move(*listening);
    cli::log(LogLevel::info, fmt::format("listening at {}", request.listen));
  }
  const auto input =
      request.reads_input ? SaveServer::StandardInput::feeds : SaveServer::StandardInput::closed;
  return serve(context, *autosave, std::move(socket), input);
}

}  // namespace session::commands
