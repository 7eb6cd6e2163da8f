#include "commands/save/rounds.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "cli/log.h"

namespace session::commands {
namespace {

/// A full disk fails every session alike: the first ones tell why, of the others the id is enough.
constexpr std::size_t k_most_explained = 100;
/// With what stands before it a line fits into the 4,096 bytes that a pipe takes at once.
constexpr std::size_t k_most_log_bytes = 3'000;

double milliseconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

void log_round(const RoundReport& report) {
  using cli::LogLevel;
  for (const AsideNote& note : report.kept_aside) {
    cli::log(LogLevel::warning, fmt::format("kept as {}: {}", note.name, describe(note.reason)));
  }
  const std::size_t explained = std::min(report.failures.size(), k_most_explained);
  for (std::size_t i = 0; i < explained; ++i) {
    const SaveFailure& failure = report.failures[i];
    cli::log(LogLevel::error, fmt::format("session {} not saved, will be tried again: {}", failure.id,
                                          describe(failure.error)));
  }
  std::vector<std::string> others;
  for (std::size_t i = explained; i < report.failures.size(); ++i) others.push_back(report.failures[i].id);
  log_ids("not saved either, will be tried again", others);
  if (!cli::logs(LogLevel::debug)) return;
  cli::log(
      LogLevel::debug,
      fmt::format("round: {} saved ({} bytes), {} removed, {} failed in {:.1f} ms, table locked {:.3f} ms",
                  report.saved, report.bytes, report.removed, report.failures.size(),
                  milliseconds_of(report.elapsed), milliseconds_of(report.lock_held)));
}

void log_ids(std::string_view words, std::span<const std::string> ids) {
  std::string line;
  for (const std::string& id : ids) {
    if (line.size() + id.size() > k_most_log_bytes) {
      cli::log(cli::LogLevel::error, line);
      line.clear();
    }
    line += line.empty() ? fmt::format("{}: {}", words, id) : ", " + id;
  }
  if (!line.empty()) cli::log(cli::LogLevel::error, line);
}

RoundBoard::RoundBoard() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

RoundBoard::~RoundBoard() {
  if (wake_ >= 0) ::close(wake_);
}

void RoundBoard::count(const RoundReport& report) {
  const std::lock_guard hold(mutex_);
  ++counts_.rounds;
  counts_.saved += report.saved;
  counts_.failures = report.failures.size();
  counts_.last_round_ms = milliseconds_of(report.elapsed);
  counts_.last_lock_us = milliseconds_of(report.lock_held) * 1'000;
}

ServerCounts RoundBoard::counts() const {
  const std::lock_guard hold(mutex_);
  return counts_;
}

void RoundBoard::flush_done(std::uint64_t peer, std::string reply) {
  const std::lock_guard hold(mutex_);
  flushes_.emplace_back(peer, std::move(reply));
  ::eventfd_write(wake_, 1);
}

std::vector<std::pair<std::uint64_t, std::string>> RoundBoard::take_flushes() {
  eventfd_t ignored = 0;
  ::eventfd_read(wake_, &ignored);
  const std::lock_guard hold(mutex_);
  return std::exchange(flushes_, {});
}

}  // namespace session::commands
