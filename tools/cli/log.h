#pragma once
// The log: what happened inside, for people who run a tool unattended or look for a cause. On stderr,
// one line each: time, tool, process id, level, message. Never the content of a session, at any level.
// Thread-safe. What a person must read to use a tool is no log line: that goes through Reporter.
//
// Whoever reads stderr may stop reading without going away, and a full pipe would then hold up the work. The
// log waits 100 ms for such a reader; what comes after is left out until the reader is back, and how much was
// left out is said then.

#include <string_view>

#include "cli/messages.h"

namespace session::cli {

enum class LogLevel : unsigned char { debug, info, warning, error };

/// Called by run(). Errors show always, warnings unless -q, info from -v on, debug from -vv on.
void start_log(std::string_view tool, Verbosity verbosity);
/// From then on info shows without -v: for tools that run for long (session-save --autosave).
void show_info_in_log();

void log(LogLevel level, std::string_view message);
/// Whether it is worth composing a message of this level.
bool logs(LogLevel level);

}  // namespace session::cli
