#include "commands/verify/tool.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <tuple>

#include "cli/input.h"
#include "cli/options.h"
#include "cli/report/formats.h"
#include "cli/report/page_file.h"
#include "commands/verify/detect.h"
#include "commands/verify/inputs.h"
#include "commands/verify/run.h"
#include "commands/verify/stats.h"
#include "session/suggest.h"

namespace session::commands {

namespace {

using cli::ExitStatus;
using cli::UsageProblem;

/// A baseline must know every finding of a file, or it knows none.
constexpr std::size_t k_findings_for_baseline = 10'000;

Level level_of(const std::string& word) {
  if (word == "syntax") return Level::syntax;
  return word == "links" ? Level::links : Level::layout;
}

Result<Kind, UsageProblem> kind_named(std::string_view word, std::string_view option) {
  if (const auto kind = find_kind(word)) return *kind;
  std::vector<std::string_view> known;
  for (const KindRow& row : kinds()) known.push_back(row.id);
  const auto meant = did_you_mean(word, known);
  return Unexpected{UsageProblem{fmt::format("{} {}: there is no such kind of damage", option, word),
                                 meant ? fmt::format("did you mean '{}'?", *meant)
                                       : std::string("session-verify --explain all lists the kinds")}};
}

/// Each value of --ignore is a kind or several with commas between them.
Result<std::bitset<k_kind_count>, UsageProblem> ignored_kinds(const std::vector<std::string>& values) {
  std::bitset<k_kind_count> ignored;
  for (std::string_view rest : values) {
    while (!rest.empty()) {
      const std::string_view word = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      const auto kind = kind_named(word, "--ignore");
      if (!kind) return Unexpected{kind.error()};
      ignored.set(static_cast<std::size_t>(*kind));
    }
  }
  return ignored;
}

void explain(cli::Reporter& report, const KindRow& row) {
  cli::Json record;
  record["kind"] = row.id;
  record["severity"] = name_of(row.severity);
  record["summary"] = row.summary;
  record["explanation"] = row.explanation;
  record["repair"] = row.repair;
  report.item(record,
              fmt::format("{} ({}): {}\n  {}\n  repair: {}\n", report.styled(cli::Style::strong, row.id),
                          name_of(row.severity), row.summary, row.explanation, row.repair));
}

class VerifyTool final : public cli::Tool {
 public:
  [[nodiscard]] std::string_view name() const override { return "session-verify"; }
  [[nodiscard]] std::string_view summary() const override {
    return "find damaged session files, and say exactly where";
  }
  [[nodiscard]] std::string_view description() const override {
    return "Reads JSON and JSON Lines files and reports every kind of damage with line, column and byte "
           "offset. Directories are searched with everything below them; symlinks in them are not "
           "followed. Nothing is ever modified, and no content of a file is ever printed.\n\n"
           "A file is judged by its layout where --layout, the configuration or its place tells it, else "
           "as JSON alone. Without any PATH the configured stores are verified.";
  }
  [[nodiscard]] std::vector<Example> examples() const override {
    return {{"session-verify .synapse/sessions", "verify one store"},
            {"session-verify --layout jsonl ~/.claude/projects", "verify all transcripts below a directory"},
            {"session-verify --strict --level links --format junit tests/fixtures > verify.xml",
             "fail a build on damage and on warnings"},
            {"find . -name '*.json' -print0 | session-verify --files0-from -", "verify what find(1) finds"},
            {"session-verify --stats ~/.miniclaw/workspace/sessions",
             "counts, sizes, ages, damage, and what session-clean would remove"},
            {"session-verify --stats --report stores.html",
             "the same of the configured stores, as a page for a browser"},
            {"session-verify --detect old-backup/", "tell whose sessions a directory holds"},
            {"session-verify --explain splice", "tell what a kind of damage is"}};
  }

  [[nodiscard]] std::vector<std::string> extra_formats() const override {
    return {"junit", "sarif", "github"};
  }
  std::unique_ptr<cli::Reporter> make_reporter(std::string_view format, const cli::Sinks& sinks) override {
    if (format == "junit") return cli::make_junit_reporter(sinks);
    if (format == "sarif") return cli::make_sarif_reporter(sinks);
    return format == "github" ? cli::make_github_reporter(sinks) : nullptr;
  }

  void add_options(CLI::App& app) override {
    add_inputs(app, inputs_, "Files and directories; - is standard input");
    app.add_option("--level", level_,
                   "How much is checked: JSON alone, the layout's rules, links between records")
        ->type_name("LEVEL")
        ->check(cli::one_of({"syntax", "layout", "links"}));
    app.add_flag("--strict", strict_, "Warnings and limits count as damage in the exit status");
    app.add_option("--ignore", ignored_, "Do not look for these kinds of damage; repeatable, or with commas")
        ->type_name("KIND")
        ->allow_extra_args(false);
    cli::add_jobs(app, jobs_, "read and check");
    add_shard(app, inputs_.shard);
    app.add_option("--baseline", baseline_, "Findings that FILE knows do not fail: only new damage does")
        ->type_name("FILE");
    app.add_option("--write-baseline", write_baseline_,
                   "Write all that is found to FILE, as the baseline of later runs")
        ->type_name("FILE")
        ->excludes("--baseline");
    app.add_flag("--hash", hash_,
                 "Add the SHA-256 of each file to the records (for session-save --if-match)");
    app.add_option("--explain", explain_, "Explain a kind of damage, or all, and exit")->type_name("KIND");
    CLI::Option* const page = cli::add_page_option(
        app, page_file_, "With --stats: write a page for a browser to FILE too; no content of sessions");
    for (const auto& [flag, value, words] :
         {std::tuple{"--detect", &detect_,
                     "Only tell which layout the sessions of each PATH have, how certainly, and why"},
          std::tuple{"--stats", &stats_,
                     "Only count: sessions, sizes, ages, damage, and what session-clean would remove"}}) {
      CLI::Option* const option = app.add_flag(flag, *value, words);
      for (const char* const other : {"--files0-from", "--strict", "--shard", "--baseline",
                                      "--write-baseline", "--hash", "--explain", "--detect", "--stats"}) {
        if (CLI::Option* const known = app.get_option_no_throw(other); known != nullptr && known != option) {
          option->excludes(known);
        }
      }
    }
    page->needs("--stats");
  }

  /// Somebody who looks for damage after a crash must not be stopped by a configuration that the crash
  /// damaged.
  [[nodiscard]] bool works_without_config() const override {
    if (stats_ || !write_baseline_.empty()) return false;
    return !inputs_.paths.empty() || !inputs_.files0_from.empty() || !explain_.empty();
  }

  ExitStatus execute(cli::Context& context) override {
    if (!explain_.empty()) return explain_kinds(context);
    if (detect_ || stats_) return survey(context);
    const auto layout = cli::chosen_layout(context);
    if (!layout) return refuse(context, layout.error());
    const auto stores =
        chosen_stores(context, inputs_, *layout, "verify",
                      "name files or directories (session-verify DIR), or - for standard input");
    if (!stores) return refuse(context, stores.error());
    const auto ignored = ignored_kinds(ignored_);
    if (!ignored) return refuse(context, ignored.error());
    if (const auto problem = check_inputs()) return refuse(context, *problem);

    VerifyRequest request;
    if (!baseline_.empty()) {
      auto baseline = VerifyBaseline::read(context.fs, baseline_);
      if (!baseline) return refuse(context, baseline.error());
      request.baseline = std::move(*baseline);
    }
    request.inputs = inputs_;
    request.stores = *stores;
    request.layout = *layout;
    request.threads = cli::threads_for(jobs_);
    request.strict = strict_ ? Strict::yes : Strict::no;
    request.write_baseline = write_baseline_;
    request.inspect.level = level_of(level_);
    request.inspect.as_of = now();
    request.inspect.ignored = *ignored;
    request.inspect.hash = hash_;
    if (request.baseline || !write_baseline_.empty()) request.inspect.max_findings = k_findings_for_baseline;
    return run_verify(context, std::move(request));
  }

 private:
  /// The modes that judge nothing.
  ExitStatus survey(cli::Context& context) const {
    const std::vector<std::string> formats = extra_formats();
    if (std::find(formats.begin(), formats.end(), context.common.format) != formats.end()) {
      return refuse(context, {fmt::format("--format {} is for findings alone", context.common.format),
                              "text, json and ndjson tell the rest"});
    }
    const auto ignored = ignored_kinds(ignored_);
    if (!ignored) return refuse(context, ignored.error());
    if (detect_) return detect(context);
    StatsRequest request;
    request.paths = inputs_.paths;
    request.threads = cli::threads_for(jobs_);
    request.inspect.level = level_of(level_);
    request.inspect.as_of = now();
    request.inspect.ignored = *ignored;
    request.page_file = page_file_;
    if (level_ != "layout") request.verify_options = {"--level", level_};
    for (const std::string& kinds : ignored_)
      request.verify_options.insert(request.verify_options.end(), {"--ignore", kinds});
    return run_stats(context, request);
  }

  ExitStatus detect(cli::Context& context) const {
    if (!context.common.layout.empty())
      return refuse(context, {"--detect and --layout contradict each other", ""});
    std::vector<Path> paths = inputs_.paths;
    for (const std::string& name : context.common.stores) {
      const auto store = cli::chosen_store(context, name);
      if (!store) return refuse(context, store.error());
      paths.push_back(store->path);
    }
    if (paths.empty()) return refuse(context, {"--detect wants to know what: no path is given", ""});
    return run_detect(context, paths);
  }

  ExitStatus explain_kinds(cli::Context& context) const {
    if (explain_ == "all") {
      for (const KindRow& row : kinds()) explain(context.report, row);
      return cli::k_exit_fine;
    }
    const auto kind = kind_named(explain_, "--explain");
    if (!kind) return refuse(context, kind.error());
    explain(context.report, row_of(*kind));
    return cli::k_exit_fine;
  }

  [[nodiscard]] std::optional<UsageProblem> check_inputs() const {
    const auto readers = std::count(inputs_.paths.begin(), inputs_.paths.end(), cli::k_standard_input) +
                         (inputs_.files0_from == cli::k_standard_input ? 1 : 0) +
                         (baseline_ == cli::k_standard_input ? 1 : 0);
    if (readers > 1) return UsageProblem{"standard input is asked for more than once", ""};
    if (write_baseline_ == cli::k_standard_input) {
      return UsageProblem{"--write-baseline -: a baseline is written to a file, beside which its paths begin",
                          "name a file; ./- is one of that name"};
    }
    return std::nullopt;
  }

  VerifyInputs inputs_;
  std::string level_ = "layout";
  bool strict_ = false;
  std::vector<std::string> ignored_;
  unsigned jobs_ = 0;
  std::string baseline_;
  std::string write_baseline_;
  bool hash_ = false;
  std::string explain_;
  bool detect_ = false;
  bool stats_ = false;
  std::string page_file_;
};

}  // namespace

std::unique_ptr<cli::Tool> verify_tool() { return std::make_unique<VerifyTool>(); }

}  // namespace session::commands
