// From exec to exit: the tools on one small file and session-clean as a hook, beside /bin/true, in turn.
//   start_bench BIN_DIR [ROUNDS]

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/temp_dir.h"

extern char** environ;

namespace {

using namespace session::test;
using Clock = std::chrono::steady_clock;

struct Subject {
  std::string name;
  std::vector<std::string> command;
  std::string input;  ///< a file
  std::vector<double> milliseconds{};
};

double run_once(const Subject& subject) {
  std::vector<std::string> words = subject.command;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, subject.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  int status = 0;
  const auto begin = Clock::now();
  if (posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) std::abort();
  ::waitpid(child, &status, 0);
  const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
  posix_spawn_file_actions_destroy(&actions);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "start_bench: %s failed\n", subject.name.c_str());
    std::exit(1);
  }
  return took.count();
}

std::string session_of(const std::string& id, const char* activity) {
  return R"({"uuid":")" + id + R"(","schema_version":"2.0","started":"2026-01-01T00:00:00.000Z",)" +
         R"("last_activity":")" + activity +
         R"(","cwd":"/p","label":"l","title":null,"prompt_count":3,"active_agent":{"id":null,)"
         R"("activated_at":null,"activation_quality":null},"active_workflow":null,"active_squad":null,)"
         R"("active_task":null,"context":{"last_bracket":"FRESH","last_tokens_used":0,)"
         R"("last_context_percent":100},"overrides":{},"history":{"star_commands_used":[],)"
         R"("domains_loaded_last":[],"agents_activated":[]}})";
}

std::string payload(const std::string& directory, const std::string& id) {
  return R"({"session_id":")" + id + R"(","transcript_path":"/t.jsonl","cwd":")" + directory +
         R"(","hook_event_name":"UserPromptSubmit","prompt":"write a haiku"})";
}

double median(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: start_bench BIN_DIR [ROUNDS]\n", stderr);
    return 1;
  }
  const std::string bin = std::filesystem::absolute(argv[1]);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 300;
  const TempDir root;
  ::setenv("HOME", root.path().c_str(), 1);
  if (::chdir(root.path().c_str()) != 0) return 1;
  const std::string store = root / ".synapse/sessions";
  std::filesystem::create_directories(store);
  const std::string file = store + "/one.json";
  write_file(file, session_of("one", "2100-01-01T00:00:00.000Z"));
  write_file(root / "later", payload(root.path(), "one"));
  const std::string first = root / "first";

  std::vector<Subject> subjects = {
      {"/bin/true", {"/bin/true"}, "/dev/null"},
      {"session-clean, one file", {bin + "/session-clean", "--layout", "synapse", file}, "/dev/null"},
      {"session-verify, one file", {bin + "/session-verify", file}, "/dev/null"},
      {"session-repair, one file", {bin + "/session-repair", file}, "/dev/null"},
      {"session-save, one file",
       {bin + "/session-save", "--durability", "none", "--store", store, "two"},
       file},
      {"hook, later prompt", {bin + "/session-clean", "--hook"}, root / "later"},
      {"hook, first prompt", {bin + "/session-clean", "--hook"}, first},
  };
  for (int round = 0; round < rounds; ++round) {
    // A session of its own each time; what the hook before it started runs on beside what follows.
    write_file(first, payload(root.path(), "s" + std::to_string(round)));
    for (Subject& subject : subjects) subject.milliseconds.push_back(run_once(subject));
  }
  const double base = median(subjects[0].milliseconds);
  std::printf("%-28s %10s %10s %10s %10s\n", "exec to exit", "least ms", "median ms", "95 % ms", "x true");
  for (Subject& subject : subjects) {
    const double middle = median(subject.milliseconds);
    const auto& sorted = subject.milliseconds;
    std::printf("%-28s %10.2f %10.2f %10.2f %10.2f\n", subject.name.c_str(), sorted.front(), middle,
                sorted[sorted.size() * 95 / 100], middle / base);
  }
  return 0;
}
