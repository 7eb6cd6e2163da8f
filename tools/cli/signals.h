#pragma once
// Signals: SIGINT, SIGTERM and SIGHUP ask the tool to stop after the current step; a second one of the same
// kind kills at once. SIGPIPE and SIGXFSZ are ignored: a reader that went away shows as EPIPE, a file that
// may not grow (ulimit -f) as EFBIG.

namespace session::cli {

/// Called once by run().
void watch_signals();

/// True once one of them asked the tool to stop after the current step; run() re-raises the signal
/// after the summary.
bool stop_requested();
/// The signal that asked; 0 if none did.
int stop_signal();
/// Readable from the moment a stop is requested: for poll(2). -1 if the system had no descriptor left.
int stop_descriptor();
/// For a tool whose normal end is such a signal: run() then returns the tool's status and does not re-raise.
void accept_stop_signal();
bool stop_signal_accepted();

}  // namespace session::cli
