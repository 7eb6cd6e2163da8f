#include "cli/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

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

// Not spdlog's registry: its default logger writes to stdout, among our results.
std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance =
      std::make_shared<spdlog::logger>("session", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return instance;
}

}  // namespace

void start_log(std::string_view tool, Verbosity verbosity) {
  logger() =
      std::make_shared<spdlog::logger>(std::string{tool}, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger()->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %n[%P] %l: %v");
  logger()->set_level(threshold(verbosity));
}

void show_info_in_log() {
  if (logger()->level() == spdlog::level::warn) logger()->set_level(spdlog::level::info);
}

void log(LogLevel level, std::string_view message) {
  logger()->log(to_spdlog(level), spdlog::string_view_t{message.data(), message.size()});
}

bool logs(LogLevel level) { return logger()->should_log(to_spdlog(level)); }

}  // namespace session::cli
