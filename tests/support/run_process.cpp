#include "support/run_process.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace session::test {
namespace {

constexpr int k_could_not_start = 127;

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    read_end = ends[0];
    write_end = ends[1];
  }
  int read_end, write_end;
};

void close_and_forget(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

[[noreturn]] void give_up(const char* what) {
  const std::string text = std::string(what) + ": " + std::strerror(errno) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  ::_exit(k_could_not_start);
}

/// The child between fork and exec.
[[noreturn]] void become(const std::vector<std::string>& command, const ProcessOptions& options,
                         const Pipe& in, const Pipe& out, const Pipe& err) {
  ::dup2(in.read_end, STDIN_FILENO);
  ::dup2(out.write_end, STDOUT_FILENO);
  ::dup2(err.write_end, STDERR_FILENO);
  for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0) give_up("chdir");
  if (options.user) {
    const bool changed =
        ::setgroups(0, nullptr) == 0 && ::setgid(*options.user) == 0 && ::setuid(*options.user) == 0;
    if (!changed) give_up("setuid");
  }
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  give_up(words[0]);
}

}  // namespace

std::string tool_path(std::string_view name) {
  const auto tests = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return (tests.parent_path() / "bin" / name).string();
}

Process::Process(const std::vector<std::string>& command, const ProcessOptions& options)
    : patience_(options.patience) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe in, out, err;
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    become(command, options, in, out, err);
  }
  ::close(in.read_end);
  ::close(out.write_end);
  ::close(err.write_end);
  input_ = in.write_end;
  output_ = out.read_end;
  errors_ = err.read_end;
  for (const int end : {input_, output_, errors_}) ::fcntl(end, F_SETFL, O_NONBLOCK);
}

Process::~Process() {
  for (int* end : {&input_, &output_, &errors_}) close_and_forget(*end);
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::drain(int& descriptor, std::string& into) {
  std::array<char, 65536> piece;
  const ssize_t length = ::read(descriptor, piece.data(), piece.size());
  if (length > 0) {
    into.append(piece.data(), static_cast<std::size_t>(length));
  } else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
    close_and_forget(descriptor);
  }
}

bool Process::pump(std::string_view& input, Clock::time_point deadline) {
  if (output_ < 0 && errors_ < 0) return false;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  std::array<pollfd, 3> ends{
      {{output_, POLLIN, 0}, {errors_, POLLIN, 0}, {input.empty() ? -1 : input_, POLLOUT, 0}}};
  if (::poll(ends.data(), ends.size(), static_cast<int>(std::max<long>(left, 0))) <= 0) return true;
  if (ends[0].revents != 0) drain(output_, result_.out);
  if (ends[1].revents != 0) drain(errors_, result_.err);
  if (ends[2].revents != 0) {
    const ssize_t length = ::write(input_, input.data(), input.size());
    if (length > 0) {
      input.remove_prefix(static_cast<std::size_t>(length));
    } else if (errno != EAGAIN && errno != EINTR) {
      close_and_forget(input_);
      input = {};
    }
  }
  return true;
}

void Process::write(std::string_view text) {
  const auto deadline = Clock::now() + patience_;
  while (!text.empty() && input_ >= 0 && Clock::now() < deadline) {
    if (!pump(text, deadline)) return;
  }
}

void Process::close_input() { close_and_forget(input_); }

void Process::send(int signal) const { ::kill(pid_, signal); }

bool Process::wait_for(std::string_view text, std::size_t times) {
  const auto deadline = Clock::now() + patience_;
  std::string_view nothing;
  while (true) {
    if (count_of(out(), text) + count_of(err(), text) >= times) return true;
    if (Clock::now() >= deadline || !pump(nothing, deadline)) return false;
  }
}

ProcessResult Process::wait() {
  const auto deadline = Clock::now() + patience_;
  std::string_view nothing;
  while (Clock::now() < deadline && pump(nothing, deadline)) continue;
  int state = 0;
  while (::waitpid(pid_, &state, WNOHANG) == 0) {
    if (Clock::now() >= deadline) {
      throw std::runtime_error("process " + std::to_string(pid_) + " did not end in time; stderr: " + err());
    }
    ::usleep(1000);
  }
  pid_ = -1;
  if (WIFSIGNALED(state)) result_.signal = WTERMSIG(state);
  if (WIFEXITED(state)) result_.status = WEXITSTATUS(state);
  return result_;
}

ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options) {
  Process process(command, options);
  process.write(options.input);
  process.close_input();
  return process.wait();
}

}  // namespace session::test
