// Kills the tools at every system call on the write side, and makes every one of those calls fail with every
// errno of interest, each time on a fresh directory; then judges what is there and what the tool said.

#include <stdlib.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>

#include "adversity/scenario.h"
#include "support/temp_dir.h"

namespace {

using namespace session::test;

constexpr int k_skipped = 77;  // CTest: SKIP_RETURN_CODE
const std::vector<std::string> k_all_errors = {"ENOSPC", "EIO", "EDQUOT", "EROFS", "EACCES", "EINTR"};
const std::vector<std::string> k_some_errors = {"ENOSPC", "EINTR"};

/// The scenario's directory, always under the same path, so that every run makes the same calls.
class Field {
 public:
  explicit Field(const Scenario& scenario) : scenario_(scenario), directory_(temp_ / k_field) {}

  const std::string& prepare() {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directory(directory_);
    scenario_.prepare(directory_);
    return directory_;
  }
  [[nodiscard]] TracedCommand command() const {
    return {scenario_.command(directory_),
            {.input = scenario_.input, .directory = temp_.path()},
            scenario_.traced};
  }
  [[nodiscard]] ProcessResult run_undisturbed() const {
    const TracedCommand undisturbed = command();
    return run_process(undisturbed.words, undisturbed.options);
  }
  [[nodiscard]] Tree tree() const { return read_tree(directory_); }

 private:
  const Scenario& scenario_;
  TempDir temp_;
  std::string directory_;
};

void show(const std::string& heading, const Tree& tree, const ProcessResult& result) {
  std::cerr << heading << "\n  status " << result.status << ", signal " << result.signal
            << "\n  stderr: " << result.err;
  for (const auto& [name, content] : tree)
    std::cerr << "  " << name << ": " << content.substr(0, 200) << '\n';
}

enum class Trial : std::uint8_t { well, missed, wrong };

Trial try_injection(const Scenario& scenario, Field& field, const Injection& injection) {
  field.prepare();
  const ProcessResult result = run_with(injection, field.command());
  const Tree tree = field.tree();
  std::string wrong = scenario.judge(tree, result);
  const bool missed = injection.blow == Blow::kill && !was_killed(result);
  if (missed && wrong.empty() && injection.call.may_vary) return Trial::missed;
  if (missed && wrong.empty()) wrong = "the kill did not strike";
  if (!wrong.empty()) {
    show(scenario.name + ": " + describe(injection) + ": " + wrong, tree, result);
    return Trial::wrong;
  }
  const ProcessResult next = field.run_undisturbed();
  const Tree later = field.tree();
  wrong = scenario.judge_next(later, next);
  if (!wrong.empty())
    show(scenario.name + ": run again after " + describe(injection) + ": " + wrong, later, next);
  return wrong.empty() ? Trial::well : Trial::wrong;
}

/// How many injections left something wrong.
unsigned try_scenario(const Scenario& scenario, const std::vector<std::string>& errors) {
  Field field(scenario);
  ProcessResult undisturbed;
  const std::string& directory = field.prepare();
  std::vector<Call> calls = write_side_calls(field.command(), directory, undisturbed);
  for (Call& call : calls) {
    const bool varies = std::count(scenario.varying.begin(), scenario.varying.end(), call.name) > 0;
    call.may_vary = call.may_vary || varies;
  }
  const Tree tree = field.tree();
  std::string wrong = undisturbed.status == 8 ? "it fails undisturbed" : scenario.judge(tree, undisturbed);
  if (wrong.empty() && calls.empty()) wrong = "it makes no call on the write side";
  if (!wrong.empty()) {
    show(scenario.name + ": " + wrong, tree, undisturbed);
    return 1;
  }
  unsigned bad = 0;
  unsigned missed = 0;
  const auto count = [&](Trial trial) {
    bad += trial == Trial::wrong ? 1U : 0U;
    missed += trial == Trial::missed ? 1U : 0U;
  };
  for (const Call& call : calls) {
    count(try_injection(scenario, field, {call, Blow::kill, ""}));
    for (const std::string& error : errors) count(try_injection(scenario, field, {call, Blow::error, error}));
  }
  std::cout << scenario.name << ": " << calls.size() << " calls, each killed and failed with "
            << errors.size() << " errors: " << bad << " of " << calls.size() * (1 + errors.size())
            << " went wrong" << (missed > 0 ? ", " + std::to_string(missed) + " kills came too late" : "")
            << '\n'
            << std::flush;
  if (missed > calls.size() / 2) {
    std::cerr << scenario.name << ": most kills came too late\n";
    ++bad;
  }
  return bad;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> wanted;
  bool full = false;
  CLI::App app("Kills the tools at every write-side system call, and makes each of them fail");
  app.add_option("scenario", wanted, "Those whose name begins so; all when none is given");
  app.add_flag("--full", full, "Every errno of interest, not only ENOSPC and EINTR");
  CLI11_PARSE(app, argc, argv);
  try {
    // Flushes cost nothing there, and nothing that is tried here depends on the medium.
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
    if (const std::string reason = obstacle_to_tracing(Traced::process); !reason.empty()) {
      std::cout << "skipped: " << reason << '\n';
      return k_skipped;
    }
    unsigned bad = 0;
    bool tried = false;
    for (const Scenario& scenario : all_scenarios()) {
      const auto names_it = [&](const std::string& word) { return scenario.name.starts_with(word); };
      if (!wanted.empty() && std::none_of(wanted.begin(), wanted.end(), names_it)) continue;
      tried = true;
      if (const std::string reason = obstacle_to_tracing(scenario.traced); !reason.empty()) {
        std::cout << scenario.name << ": skipped: " << reason << '\n';
        continue;
      }
      bad += try_scenario(scenario, full ? k_all_errors : k_some_errors);
    }
    if (!tried) std::cerr << "injection_test: there is no such scenario\n";
    return tried && bad == 0 ? 0 : 1;
  } catch (const std::exception& problem) {
    std::cerr << "injection_test: " << problem.what() << '\n';
    return 1;
  }
}
