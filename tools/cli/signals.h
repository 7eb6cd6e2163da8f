#pragma once
// Signals: SIGINT, SIGTERM and SIGHUP ask the tool to stop after the current step; a second one of the same
// kind kills at once. SIGPIPE and SIGXFSZ are ignored: a reader that went away shows as EPIPE, a file that
// may not grow (ulimit -f) as EFBIG.

#include <optional>

namespace session::cli {

/// Called once by run().
void watch_signals();

/// True once one of them asked the tool to stop after the current step.
bool stop_requested();
/// The signal that asked and that the process dies of, raised again by run() once the results are out;
/// nullopt where none did, or where it is the tool's normal end.
std::optional<int> deadly_signal();
/// Readable from the moment a stop is requested: for poll(2). -1 if the system had no descriptor left.
int stop_descriptor();
/// For a tool whose normal end is such a signal: run() then returns the tool's status.
void accept_stop_signal();

}  // namespace session::cli
