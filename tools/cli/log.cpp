#include "cli/log.h"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

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

spdlog::level::level_enum threshold(Verbosity verbosity) {
  switch (verbosity) {
    case Verbosity::quiet: return spdlog::level::err;
    case Verbosity::normal: return spdlog::level::warn;
    case Verbosity::verbose: return spdlog::level::info;
    case Verbosity::debug: return spdlog::level::debug;
  }
  return spdlog::level::warn;
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

// Not spdlog's registry: its default logger writes to stdout, among our results.
std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance =
      std::make_shared<spdlog::logger>("session", std::make_shared<PatientSink>());
  return instance;
}

}  // namespace

void start_log(std::string_view tool, Verbosity verbosity) {
  logger() = std::make_shared<spdlog::logger>(std::string{tool}, std::make_shared<PatientSink>());
  logger()->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %n[%P] %l: %v");
  logger()->set_level(threshold(verbosity));
}

void show_info_in_log() {
  if (logger()->level() == spdlog::level::warn) logger()->set_level(spdlog::level::info);
}

void log(LogLevel level, std::string_view message) {
  if (!logs(level)) return;
  const std::string line = escape_controls(message);
  logger()->log(to_spdlog(level), spdlog::string_view_t{line.data(), line.size()});
}

bool logs(LogLevel level) { return logger()->should_log(to_spdlog(level)); }

}  // namespace session::cli
