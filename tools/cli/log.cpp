#include "cli/log.h"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <string>

#include "cli/terminal.h"

namespace session::cli {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

LogLevel threshold(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::quiet: return LogLevel::error;
    case Verbosity::normal: return LogLevel::warning;
    case Verbosity::verbose: return LogLevel::info;
    case Verbosity::debug: return LogLevel::debug;
  }
  return LogLevel::warning;
}

constexpr int k_patience_ms = 100;

/// Writes to stderr, and does not wait for a reader that does not read: what is left out is counted.
class PatientSink final : public spdlog::sinks::base_sink<std::mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!takes_a_line(left_out_ == 0 ? k_patience_ms : 0)) {
      ++left_out_;
      return;
    }
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (left_out_ != 0) {
      write_all(fmt::format("{} lines of the log are left out here: nobody read them\n", left_out_));
      left_out_ = 0;
    }
    write_all({line.data(), line.size()});
  }
  void flush_() override {}

  static bool takes_a_line(int patience_ms) {
    pollfd stream{STDERR_FILENO, POLLOUT, 0};
    // A closed or broken one is ready, and fails at once.
    return ::poll(&stream, 1, patience_ms) != 0;
  }

  static void write_all(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  std::uint64_t left_out_ = 0;
};

std::string g_tool = "session";
std::atomic<LogLevel> g_threshold{LogLevel::warning};

/// Made for the first line: most runs have none. Not spdlog's registry: its default logger writes to stdout,
/// among our results.
spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>(g_tool, std::make_shared<PatientSink>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %n[%P] %l: %v");
    made->set_level(spdlog::level::trace);
    return made;
  }();
  return *instance;
}

}  // namespace

void start_log(std::string_view tool, Verbosity verbosity) {
  g_tool = tool;
  g_threshold = threshold(verbosity);
}

void show_info_in_log() {
  if (g_threshold == LogLevel::warning) g_threshold = LogLevel::info;
}

void log(LogLevel level, std::string_view message) {
  if (!logs(level)) return;
  const std::string line = escape_controls(message);
  logger().log(to_spdlog(level), spdlog::string_view_t{line.data(), line.size()});
}

bool logs(LogLevel level) { return level >= g_threshold; }

}  // namespace session::cli
