#include "adversity/traced_run.h"

#include <array>
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

std::vector<std::string> traced(const std::vector<std::string>& strace,
                                const std::vector<std::string>& command) {
  std::vector<std::string> words = {"strace", "-f", "-qq"};
  words.insert(words.end(), strace.begin(), strace.end());
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

}  // namespace

std::string describe(const Injection& injection) {
  const std::string blow = injection.blow == Blow::kill ? "killed at " : injection.error + " from ";
  return blow + injection.call.name + " " + std::to_string(injection.call.number) + ": " +
         injection.call.text;
}

std::string obstacle_to_tracing() {
  const ProcessResult tried = run_process({"sh", "-c", "strace -f -o /dev/null true"});
  if (tried.status == 0) return "";
  return "strace cannot trace here: " + (tried.err.empty() ? "it is not installed" : tried.err);
}

std::vector<Call> write_side_calls(const std::vector<std::string>& command, const ProcessOptions& options,
                                   const std::string& directory, ProcessResult& result) {
  const TempDir temp;
  const std::string trace = temp / "trace";
  result = run_process(
      traced({"-y", "-s", "64", "-o", trace, "-e", "trace=" + std::string(k_write_side)}, command), options);
  // strace counts the calls of each thread for itself: what several threads do as their n-th call of a name
  // is one injection, which is of use only if it is work on the directory in all of them.
  std::map<std::pair<std::string, std::string>, unsigned> numbers;
  std::map<std::pair<std::string, unsigned>, Call> calls;
  std::set<std::pair<std::string, unsigned>> elsewhere;
  std::set<std::string> workers;
  std::ifstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    // "1234 fsync(4</dir/name>) = 0"; with threads also "1234 fsync(4</dir/name> <unfinished ...>".
    const std::size_t space = line.find_first_not_of(' ', line.find(' '));
    const std::size_t bracket = line.find('(');
    if (space == std::string::npos || bracket == std::string::npos || line[space] == '<') continue;
    const std::string thread = line.substr(0, line.find(' '));
    const std::string name = line.substr(space, bracket - space);
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
    call.may_vary = workers.size() > 1;
    if (!elsewhere.contains(key)) clear.push_back(call);
  }
  return clear;
}

ProcessResult run_with(const Injection& injection, const std::vector<std::string>& command,
                       const ProcessOptions& options) {
  const std::string blow = injection.blow == Blow::kill ? "signal=KILL" : "error=" + injection.error;
  const std::string& name = injection.call.name;
  return run_process(
      traced({"-o", "/dev/null", "-e", "trace=" + name, "-e",
              "inject=" + name + ":" + blow + ":when=" + std::to_string(injection.call.number)},
             command),
      options);
}

}  // namespace session::test
