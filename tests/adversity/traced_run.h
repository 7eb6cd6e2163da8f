#pragma once
// Runs a tool under strace and makes one of its system calls fail, or kills it as it enters the call.

#include <string>
#include <vector>

#include "support/run_process.h"

namespace session::test {

/// One system call of a run: the `number`-th of its name in its thread.
struct Call {
  std::string name;
  unsigned number = 0;
  std::string text;  ///< as strace shows it, for messages
  /// Several threads share the work: the next run may divide it otherwise and not make this call.
  bool may_vary = false;
};

enum class Blow : std::uint8_t { kill, error };

struct Injection {
  Call call;
  Blow blow = Blow::kill;
  std::string error;  ///< "ENOSPC"
};

/// Which calls are counted and struck.
enum class Traced : std::uint8_t {
  process,  ///< those of all threads
  /// Those of the one thread that waits until there is something to do, once it waits: a call of its own
  /// cannot be told from the same call of the thread that started it otherwise.
  worker,
};

struct TracedCommand {
  std::vector<std::string> words;
  ProcessOptions options;
  Traced traced = Traced::process;
};

/// "killed at renameat 1: renameat(3, …)".
std::string describe(const Injection& injection);

/// Why nothing can be injected here; empty if it can.
std::string obstacle_to_tracing(Traced traced);

/// Runs `command` and returns those of its calls that may change what is under `directory`, or were about to:
/// everything that names it, or a file in it, by path or by descriptor. Calls that cannot be told from
/// others by thread (their name and number) are left out.
std::vector<Call> write_side_calls(const TracedCommand& command, const std::string& directory,
                                   ProcessResult& result);

ProcessResult run_with(const Injection& injection, const TracedCommand& command);

}  // namespace session::test
