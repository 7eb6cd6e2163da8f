#include "cli/signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace session::cli {

namespace {

std::atomic<int> g_signal{0};
std::atomic<int> g_event{-1};
std::atomic<bool> g_accepted{false};
static_assert(std::atomic<int>::is_always_lock_free, "touched in a signal handler");

extern "C" void on_stop(int signal) {
  const int saved_errno = errno;
  g_signal.store(signal);
  const int event = g_event.load();
  const std::uint64_t one = 1;
  if (event >= 0) [[maybe_unused]]
    const ssize_t ignored = ::write(event, &one, sizeof one);
  errno = saved_errno;
}

}  // namespace

void watch_signals() {
  g_event.store(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_stop;
  // Without SA_RESTART a read that waits for input returns, and the tool sees that it shall stop.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    // A shell starts background jobs with SIGINT ignored, and nohup with SIGHUP; that stays so.
    if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler != SIG_IGN) {
      ::sigaction(signal, &action, nullptr);
    }
  }
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  ::sigaction(SIGPIPE, &action, nullptr);
  // A write beyond ulimit -f fails then, and the tool says so.
  ::sigaction(SIGXFSZ, &action, nullptr);
}

bool stop_requested() { return g_signal.load() != 0; }
std::optional<int> deadly_signal() {
  return stop_requested() && !g_accepted.load() ? std::optional(g_signal.load()) : std::nullopt;
}
int stop_descriptor() { return g_event.load(); }
void accept_stop_signal() { g_accepted.store(true); }

}  // namespace session::cli
