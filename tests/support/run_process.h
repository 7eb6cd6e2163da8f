#pragma once
// Runs a tool as a process of its own and tells what came of it: the way tests see what users see.

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace session::test {

/// The path of an executable of this build: tool_path("session-save").
std::string tool_path(std::string_view name);

struct ProcessOptions {
  std::string input = {};                               ///< run_process: the whole of stdin
  std::string directory = {};                           ///< working directory; empty: the test's own
  std::map<std::string, std::string> environment = {};  ///< added to the test's own
  std::optional<uid_t> user = {};                       ///< run as this user and group; root only
  std::chrono::milliseconds patience{60'000};           ///< killed after this time, which throws
};

struct ProcessResult {
  int status = -1;  ///< exit status; -1 if a signal killed it
  int signal = 0;   ///< the signal that killed it; 0 if it exited
  std::string out, err;
};

/// Starts `command` (a path, or a name in PATH), feeds it its input and waits for its end.
ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options = {});

/// A process that runs beside the test. Killed when it is destroyed. Its output is read only while one of
/// the members waits; stdin stays open until close_input().
class Process {
 public:
  explicit Process(const std::vector<std::string>& command, const ProcessOptions& options = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Writes to its stdin, reading its output meanwhile. A process that does not read any more is no error.
  void write(std::string_view text);
  void close_input();
  void send(int signal) const;
  /// Waits until `text` has appeared so many times on its stdout and stderr together; false when it
  /// ended or time ran out before.
  bool wait_for(std::string_view text, std::size_t times = 1);
  /// Waits for its end; throws if it does not come.
  ProcessResult wait();

  [[nodiscard]] const std::string& out() const { return result_.out; }
  [[nodiscard]] const std::string& err() const { return result_.err; }

 private:
  using Clock = std::chrono::steady_clock;
  /// Moves bytes until `deadline` at the latest; false when both outputs have ended.
  bool pump(std::string_view& input, Clock::time_point deadline);
  void drain(int& descriptor, std::string& into);

  pid_t pid_ = -1;
  int input_ = -1, output_ = -1, errors_ = -1;
  std::chrono::milliseconds patience_;
  ProcessResult result_;
};

}  // namespace session::test
