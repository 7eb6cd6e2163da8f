#include "adversity/traced_run.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "support/temp_dir.h"

namespace session::test {
namespace {

/// What opens, creates, fills, flushes, locks, renames and removes; read-only calls are not among them.
constexpr std::string_view k_write_side =
    "open,openat,creat,write,writev,pwrite64,pwritev,fsync,fdatasync,syncfs,sync_file_range,rename,renameat,"
    "renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,mkdir,mkdirat,truncate,ftruncate,"
    "fallocate,"
    "chmod,fchmod,fchmodat,chown,fchown,fchownat,flock,close,copy_file_range,sendfile,utimensat";

bool starts_thread(const std::string& name) { return name == "clone" || name == "clone3"; }
bool is_flush(const std::string& name) { return name == "fsync" || name == "fdatasync"; }

std::string first_other_thread(pid_t process) {
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    const std::string thread = entry.path().filename();
    if (thread != std::to_string(process)) return thread;
  }
  return "";
}

/// Its input comes when strace holds the worker.
ProcessResult run_with_traced_worker(const std::vector<std::string>& strace, const TracedCommand& command) {
  Process process(command.words, command.options);
  std::string worker;
  for (int i = 0; i < 30'000 && worker.empty(); ++i) {
    ::usleep(1'000);
    worker = first_other_thread(process.pid());
  }
  if (worker.empty()) throw std::runtime_error("there is no worker: " + process.err());
  std::vector<std::string> words = {"strace", "-p", worker};
  words.insert(words.end(), strace.begin(), strace.end());
  Process tracer(words);
  if (!tracer.wait_for("attached")) throw std::runtime_error("strace cannot attach: " + tracer.err());
  process.write(command.options.input);
  process.close_input();
  ProcessResult result = process.wait();
  tracer.wait();
  return result;
}

ProcessResult run_traced(const std::vector<std::string>& strace, const TracedCommand& command) {
  if (command.traced == Traced::worker) return run_with_traced_worker(strace, command);
  std::vector<std::string> words = {"strace", "-f", "-qq"};
  words.insert(words.end(), strace.begin(), strace.end());
  words.insert(words.end(), command.words.begin(), command.words.end());
  return run_process(words, command.options);
}

}  // namespace

std::string describe(const Injection& injection) {
  const std::string blow = injection.blow == Blow::kill ? "killed at " : injection.error + " from ";
  return blow + injection.call.name + " " + std::to_string(injection.call.number) + ": " +
         injection.call.text;
}

std::string obstacle_to_tracing(Traced traced) {
  const auto words = [](const std::string& reason) {
    return "strace cannot trace here: " + (reason.empty() ? "it is not installed" : reason);
  };
  if (traced == Traced::process) {
    const ProcessResult tried = run_process({"sh", "-c", "strace -f -o /dev/null true"});
    return tried.status == 0 ? "" : words(tried.err);
  }
  const Process sleeper({"sleep", "60"});
  Process tracer({"strace", "-o", "/dev/null", "-p", std::to_string(sleeper.pid())});
  return tracer.wait_for("attached") ? "" : words(tracer.err());
}

std::vector<Call> write_side_calls(const TracedCommand& command, const std::string& directory,
                                   ProcessResult& result) {
  const TempDir temp;
  const std::string trace = temp / "trace";
  result = run_traced(
      {"-y", "-s", "64", "-o", trace, "-e", "trace=clone,clone3," + std::string(k_write_side)}, command);
  // strace counts the calls of each thread for itself: what several threads do as their n-th call of a name
  // is one injection, which is of use only if it is work on the directory in all of them.
  std::map<std::pair<std::string, std::string>, unsigned> numbers;
  std::map<std::pair<std::string, unsigned>, Call> calls;
  std::set<std::pair<std::string, unsigned>> elsewhere;
  std::set<std::string> workers;
  bool has_threads = false;
  std::ifstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    // "1234 fsync(4</dir/name>) = 0"; with threads also "1234 fsync(4</dir/name> <unfinished ...>"; of one
    // that strace was attached to, without its number.
    if (command.traced == Traced::worker) line.insert(0, "0 ");
    const std::size_t space = line.find_first_not_of(' ', line.find(' '));
    const std::size_t bracket = line.find('(');
    if (space == std::string::npos || bracket == std::string::npos || line[space] == '<') continue;
    const std::string thread = line.substr(0, line.find(' '));
    const std::string name = line.substr(space, bracket - space);
    if (starts_thread(name)) {
      has_threads = true;
      continue;
    }
    const unsigned number = ++numbers[{thread, name}];
    // Reports name the directory too, but are no work on it.
    const bool is_report =
        line.find("write(1<") != std::string::npos || line.find("write(2<") != std::string::npos;
    if (is_report || line.find(directory) == std::string::npos) {
      elsewhere.insert({name, number});
    } else {
      calls.insert({{name, number}, {name, number, line.substr(space)}});
      workers.insert(thread);
    }
  }
  std::vector<Call> clear;
  for (auto& [key, call] : calls) {
    // Flushes are what threads share, even if one of them was quick enough to do all of them in this run.
    call.may_vary = workers.size() > 1 || (has_threads && is_flush(call.name));
    if (!elsewhere.contains(key)) clear.push_back(call);
  }
  return clear;
}

ProcessResult run_with(const Injection& injection, const TracedCommand& command) {
  const std::string blow = injection.blow == Blow::kill ? "signal=KILL" : "error=" + injection.error;
  const std::string& name = injection.call.name;
  const std::string when = ":when=" + std::to_string(injection.call.number);
  return run_traced({"-o", "/dev/null", "-e", "trace=" + name, "-e", "inject=" + name + ":" + blow + when},
                    command);
}

}  // namespace session::test
