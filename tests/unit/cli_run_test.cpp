// The frame of the tools, without a process: a tool made for the test runs in a world of temporary files.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <csignal>
#include <nlohmann/json.hpp>

#include "cli/generate/option_docs.h"
#include "cli/options.h"
#include "cli/run.h"
#include "support/environment.h"
#include "support/json_lines.h"
#include "support/temp_dir.h"

using namespace session;
using namespace session::cli;
using session::test::environment_of;
using session::test::TempDir;

namespace {

class Probe final : public Tool {
 public:
  [[nodiscard]] std::string_view name() const override { return "session-probe"; }
  [[nodiscard]] std::string_view summary() const override { return "try the frame"; }
  [[nodiscard]] std::string_view description() const override { return "Reports its arguments."; }
  [[nodiscard]] std::vector<Example> examples() const override { return {{"session-probe a", "reports a"}}; }
  [[nodiscard]] std::vector<std::string> extra_formats() const override { return {"extra"}; }

  void add_options(CLI::App& app) override {
    app.add_option("PATH", paths, "What to report");
    app.add_flag("-n,--dry-run", dry_run, "Report nothing done");
    app.add_option("--ttl", ttl, "TTL of the run")->type_name("DURATION")->check(duration_text());
    app.add_flag("--fail", fails, "Let an operation fail");
  }
  Result<void, ConfigError> apply_flags(Config& config) override {
    if (ttl.empty()) return {};
    return set_key(config, "sessions.ttlHours", ttl, "--ttl");
  }
  ExitStatus execute(Context& context) override {
    for (const std::string& path : paths) {
      Json record;
      add_path(record, path);
      context.report.item(record, context.report.display(path) + ": seen");
    }
    if (fails)
      context.report.error(Error{Errc::no_space, Op::write, ENOSPC, "/s/a.json", ""}, "make room",
                           "atomic-write");
    context.report.warning("a warning");
    context.report.note("a note");
    Json totals;
    totals["seen"] = paths.size();
    context.report.summary(totals, "total: " + std::to_string(paths.size()));
    return fails ? k_exit_operation_failed : k_exit_fine;
  }

  std::vector<std::string> paths;
  bool dry_run = false;
  bool fails = false;
  std::string ttl;
};

struct Ran {
  ExitStatus status;
  std::string out;
  std::string err;
};

Ran run_probe(const std::vector<std::string>& arguments,
              const std::map<std::string, std::string>& variables = {}, const std::string& config = "") {
  TempDir dir;
  if (!config.empty()) test::write_file(dir / "core-config.yaml", config);
  const int out_descriptor = ::open((dir / "out").c_str(), O_CREAT | O_WRONLY, 0600);
  const int err_descriptor = ::open((dir / "err").c_str(), O_CREAT | O_WRONLY, 0600);
  Ran ran{};
  {
    Output out{out_descriptor, Output::Buffering::whole};
    Output err{err_descriptor, Output::Buffering::lines};
    World world{out, err, out_descriptor, err_descriptor, real_fs(), environment_of(variables), dir.path()};
    Probe probe;
    ran.status = run_in(world, probe, arguments);
  }
  ::close(out_descriptor);
  ::close(err_descriptor);
  ran.out = test::read_file(dir / "out");
  ran.err = test::read_file(dir / "err");
  return ran;
}

}  // namespace

TEST_CASE("--help and --version answer on stdout, whatever else is wrong") {
  for (const std::string_view flag : {"--help", "-h"}) {
    const Ran help = run_probe({"--nonsense", std::string{flag}, "--config", "gone"});
    CHECK(help.status == 0);
    CHECK(help.err.empty());
    CHECK(
        help.out.starts_with("session-probe: try the frame\n\nUsage: session-probe [OPTION]... [PATH]...\n"));
    for (const ExitRow& row : exit_rows()) CHECK(help.out.find(row.meaning) != std::string::npos);
    CHECK(help.out.find("--format text|json|ndjson|extra") != std::string::npos);
  }
  const Ran shown = run_probe({"--version"});
  CHECK(shown.out.starts_with("session-probe (session-toolkit) "));
  CHECK(run_probe({"--", "--version"}).out.starts_with("--version: seen"));
}

TEST_CASE("a wrong command line is refused with a hint, and nothing is done") {
  const auto err = [](const std::vector<std::string>& arguments) {
    const Ran ran = run_probe(arguments);
    CHECK(ran.status == k_exit_usage);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(err({"--dry-rnu", "a"}) ==
        "session-probe: error: unknown option --dry-rnu\nsession-probe: hint: did you mean --dry-run?\n");
  CHECK(err({"--formt=json"}).find("did you mean --format?") != std::string::npos);
  CHECK(err({"-x"}) ==
        "session-probe: error: unknown option -x\nsession-probe: hint: --help lists all options\n");
  CHECK(err({"--format", "jsn"}).find("'jsn' is none of text, json, ndjson, extra; did you mean json?") !=
        std::string::npos);
  CHECK(err({"--ttl", "soon"}).find("'soon' is no duration") != std::string::npos);
  CHECK(err({"--ttl"}).find("--ttl") != std::string::npos);
  CHECK(err({"--color", "mauve"}).find("'mauve' is none of auto, always, never") != std::string::npos);
}

TEST_CASE("a broken configuration stops the tool before its work") {
  const Ran ran = run_probe({"a"}, {}, "sessions:\n  ttlHour: 3\n");
  CHECK(ran.status == k_exit_usage);
  CHECK(ran.out.empty());
  CHECK(ran.err.find("/core-config.yaml:2:3: sessions.ttlHour: unknown key; did you mean ttlHours?\n") !=
        std::string::npos);
  CHECK(run_probe({"--config", "/nonexistent.yaml"}).status == k_exit_usage);
  CHECK(run_probe({"a"}, {{"SESSION_KEEP_NEWEST", "-1"}}).status == k_exit_usage);
}

TEST_CASE("--show-config tells every value and its origin") {
  const Ran ran = run_probe({"--show-config", "--ttl", "3d"}, {{"SESSION_TRASH", "true"}},
                            "sessions:\n  ttlHours: 3\n  keepNewest: 4\n");
  CHECK(ran.status == 0);
  CHECK(ran.out.find("sessions.ttlHours = 72  (--ttl)\n") != std::string::npos);
  CHECK(ran.out.find("sessions.trash = true  (environment SESSION_TRASH)\n") != std::string::npos);
  CHECK(ran.out.find("/core-config.yaml:3)\n") != std::string::npos);
  CHECK(ran.out.find("sessions.maxDelete = none  (built-in)\n") != std::string::npos);
  const Json all = Json::parse(run_probe({"--show-config", "--format", "json"}).out);
  CHECK(all.size() == config_values(default_config()).size());
}

TEST_CASE("text: results on stdout, messages on stderr, by verbosity") {
  const Ran plain = run_probe({"a", "b\n", "--fail"});
  CHECK(plain.status == k_exit_operation_failed);
  CHECK(plain.out == "a: seen\nb\n: seen\ntotal: 2\n");
  CHECK(plain.err ==
        "session-probe: error: [atomic-write] /s/a.json: write: No space left on device\n"
        "session-probe: hint: make room\nsession-probe: warning: a warning\n");
  CHECK(run_probe({"-q", "a"}).err.empty());
  CHECK(run_probe({"-v", "a"}).err == "session-probe: warning: a warning\nsession-probe: note: a note\n");
  CHECK(run_probe({"a", "--fail", "--color", "always"})
            .err.starts_with("session-probe: \033[31merror\033[0m: "));
}

TEST_CASE("ndjson: begin, items, errors, summary, names that are no UTF-8 in base64") {
  const Ran ran = run_probe({"--format", "ndjson", "--fail", "a", "\xFF\xFE.json"});
  const auto records = test::json_lines(ran.out);
  REQUIRE(records.size() == 5);
  CHECK(records[0]["type"] == "begin");
  CHECK(records[0]["v"] == 1);
  CHECK(records[0]["tool"] == "session-probe");
  CHECK(records[0]["args"].size() == 5);
  CHECK(records[1] == Json::parse(R"({"type":"item","path":"a"})"));
  CHECK(records[2] == Json::parse(R"({"type":"item","path_b64":"//4uanNvbg=="})"));
  CHECK(records[3] == Json::parse(R"({"type":"error","path":"/s/a.json","stage":"atomic-write","op":"write",
    "code":"no_space","errno":28,"message":"/s/a.json: write: No space left on device","hint":"make room"})"));
  CHECK(records[4] == Json::parse(R"({"type":"summary","seen":2,"exit":8})"));
}

TEST_CASE("json: the same records in one document") {
  const Json whole = Json::parse(run_probe({"--format", "json", "--fail", "a", "b"}).out);
  CHECK(whole["v"] == 1);
  CHECK(whole["items"] == Json::parse(R"([{"path":"a"},{"path":"b"}])"));
  CHECK(whole["errors"][0]["code"] == "no_space");
  CHECK(whole["summary"] == Json::parse(R"({"seen":2,"exit":8})"));
  const Json empty = Json::parse(run_probe({"--format", "json"}).out);
  CHECK(empty["items"].empty());
  CHECK(empty["errors"].empty());
}

TEST_CASE("results that do not arrive are a failed operation, a reader that has had enough is none") {
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  TempDir dir;
  const auto run_into = [&](int descriptor) {
    Output out{descriptor, Output::Buffering::whole};
    const int err_descriptor = ::open((dir / "err").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    Output err{err_descriptor, Output::Buffering::lines};
    World world{out, err, descriptor, err_descriptor, real_fs(), environment_of({}), dir.path()};
    Probe probe;
    const ExitStatus status = run_in(world, probe, {"a"});
    ::close(err_descriptor);
    return status;
  };
  CHECK(run_into(full) == k_exit_operation_failed);
  CHECK(test::read_file(dir / "err").find("standard output: write: No space left on device") !=
        std::string::npos);
  ::close(full);
  std::signal(SIGPIPE, SIG_IGN);  // as run() has it
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(run_into(ends[1]) == k_exit_fine);
  CHECK(test::read_file(dir / "err").find("standard output") == std::string::npos);
  ::close(ends[1]);
}

TEST_CASE("the man page and the completions name every option") {
  Probe probe;
  CommonOptions common;
  const auto app = make_app(probe, common);
  const ToolDocs docs = read_docs(probe, *app);
  const std::string man = make_man_page(docs);
  const std::string bash = make_bash_completion(docs);
  const std::string zsh = make_zsh_completion(docs);
  const std::string fish = make_fish_completion(docs);
  CHECK(docs.options.size() > 12);
  for (const OptionDoc& option : docs.options) {
    for (const std::string& name : option.names) {
      std::string roff;
      for (const char c : name) roff += c == '-' ? "\\-" : std::string{c};
      CHECK(man.find("\\fB" + roff + "\\fR") != std::string::npos);
      CHECK(bash.find(name) != std::string::npos);
      CHECK(zsh.find(name) != std::string::npos);
      const bool is_long = name.starts_with("--");
      CHECK(fish.find((is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1)) != std::string::npos);
    }
  }
  for (const std::string_view what : {"man", "bash", "zsh", "fish"}) {
    CHECK(run_probe({"--generate", std::string{what}}).out.size() > 500);
  }
}
