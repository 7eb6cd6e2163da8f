#include "commands/repair/tool.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/act_as_owner.h"
#include "cli/config_flags.h"
#include "cli/input.h"
#include "cli/limits.h"
#include "cli/options.h"
#include "cli/report/page_file.h"
#include "cli/shell.h"
#include "cli/signals.h"
#include "commands/repair/page.h"
#include "commands/repair/pool.h"
#include "commands/repair/report.h"
#include "commands/verify/inputs.h"
#include "session/execute.h"
#include "session/process.h"

namespace session::commands {
namespace {

using cli::ExitStatus;
using cli::UsageProblem;

class RepairTool final : public cli::Tool {
 public:
  [[nodiscard]] std::string_view name() const override { return "session-repair"; }
  [[nodiscard]] std::string_view summary() const override {
    return "make damaged session files load again, and keep all that is taken away";
  }
  [[nodiscard]] std::string_view description() const override {
    return "Repairs JSON and JSON Lines files that were cut, torn, zeroed, spliced, glued, overwritten or "
           "changed by a byte. Healthy files are never touched, and no value is ever made up: what is cut "
           "goes, what is whole stays under its own name. Before anything is replaced a copy of the original "
           "is made beside it; what a repair drops is written to a sidecar, with offsets; a file in which "
           "nothing can be read is moved aside, never deleted.\n\n"
           "Without any PATH the configured stores are repaired.";
  }
  [[nodiscard]] std::vector<Example> examples() const override {
    return {{"session-repair --dry-run .synapse/sessions",
             "show what would be done to the damaged files of a store"},
            {"session-repair --dry-run --diff session.jsonl", "see each place that would be changed"},
            {"session-repair --report repair.html .synapse/sessions", "tell it on a page for a browser too"},
            {"session-repair --layout miniclaw telegram_42.json", "repair one session"},
            {"session-repair --accept-loss none ~/.claude/projects", "do only what loses nothing"},
            {"session-repair --from backup/s.jsonl s.jsonl", "repair with the help of an older copy"},
            {"session-repair --fix-links ~/.claude/projects", "also mend what the agent's model refuses"}};
  }

  void add_options(CLI::App& app) override {
    add_inputs(app, inputs_, "Files and directories");
    app.add_flag("-n,--dry-run", dry_run_, "Show what would be done and do nothing");
    app.add_flag("--diff", diff_,
                 "Show each place that is changed, before and after; with --dry-run, that would be");
    cli::add_page_option(app, page_file_,
                         "Write a page for a browser to FILE: what was damaged where, what was lost, what to "
                         "do next; no content of sessions, except with --diff");
    flags_
        .add(app, "--accept-loss", "sessions.repair.acceptLoss", "HOW-MUCH",
             "Repair only what loses nothing, only at the end, or anything: none, tail, any")
        ->check(cli::one_of({"none", "tail", "any"}));
    flags_
        .add(app, "--cut-values", "sessions.repair.cutValues", "HOW",
             "A string that is cut goes, or keeps what is left of it: drop, keep-prefix")
        ->check(cli::one_of({"drop", "keep-prefix"}));
    app.add_option(
           "--level", level_,
           "Which results take the file's place: every one that parses (syntax), or only what its owner "
           "would load (layout); else every one, but of a document without its beginning only that")
        ->type_name("LEVEL")
        ->check(cli::one_of({"syntax", "layout"}));
    app.add_option("--from", from_, "Another copy of the same session to take from; repeatable")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_flag("--fix-surrogates", fixes_.surrogates,
                 "Replace half surrogate pairs in escapes (a lone \\uD83D) by \\uFFFD");
    app.add_flag(
        "--fix-links", fixes_.links,
        "Take out tool results without their call and calls that were passed over unanswered; lead parents "
        "that are gone to the record before; drop records that stand there twice");
    app.add_flag(
        "--rebuild-header", fixes_.header,
        "Make a lost first record, or lost fields of the top, again where the file and its name tell them");
    app.add_flag("--reset", reset_, "Put an empty session in the place of one that must be quarantined");
    flags_.add_durability(app);
    flags_.add_lock_timeout(app);
    cli::add_jobs(app, jobs_, "read and repair");
    add_shard(app, inputs_.shard);
    cli::add_as_root(app, act_as_);
  }

  Result<void, ConfigError> apply_flags(Config& config) override { return flags_.apply(config); }

  ExitStatus execute(cli::Context& context) override {
    const auto layout = cli::chosen_layout(context);
    if (!layout) return refuse(context, layout.error());
    const auto stores =
        chosen_stores(context, inputs_, *layout, "repair",
                      "name files or directories (session-repair FILE); session-verify finds them");
    if (!stores) return refuse(context, stores.error());
    if (std::count(inputs_.paths.begin(), inputs_.paths.end(), cli::k_standard_input) > 0) {
      return refuse(context, {"standard input cannot be repaired in place", "name a file"});
    }
    if (const auto acted = act_as_owner(context, *stores); !acted) return refuse(context, acted.error());
    if (const auto place = cli::look_for_page_place(context.fs, page_file_); !place) {
      context.report.error(place.error());
      return cli::k_exit_operation_failed;
    }
    for (const std::string& path : from_) {
      const Result<Place> place = open_parent_resolved(context.fs, path);
      const Result<Stat> about = place ? context.fs.stat(place->dir, place->name) : Unexpected{place.error()};
      if (!about) {
        context.report.error(about.error());
        return cli::k_exit_operation_failed;
      }
    }
    return repair(context, *layout, *stores);
  }

 private:
  Result<void, UsageProblem> act_as_owner(const cli::Context& context,
                                          const std::vector<cli::ChosenStore>& stores) const {
    if (!inputs_.files0_from.empty() && user_id() == 0 && act_as_ == cli::ActAs::owner) {
      return Unexpected{UsageProblem{"run as root with --files0-from: whose files they will be is not known",
                                     "run as their owner (sudo -u USER), or say --as-root"}};
    }
    std::vector<Path> places = inputs_.paths;
    for (const cli::ChosenStore& store : stores) places.push_back(store.path);
    return cli::act_as_owner(context.fs, act_as_, places);
  }

  [[nodiscard]] RepairRequest request_of(const cli::Context& context, const Layout* layout) const {
    RepairRequest request;
    request.plan.accept_loss = context.config.accept_loss;
    request.plan.cut_values = context.config.cut_values;
    if (level_ == "syntax") request.plan.level = Level::syntax;
    if (level_ == "layout") request.plan.level = Level::layout;
    request.plan.fixes = fixes_;
    request.temp_grace = context.config.temp_grace;
    request.doing = dry_run_ ? Doing::planning : Doing::repairing;
    request.durability = context.config.durability;
    request.lock_timeout = context.config.lock_timeout;
    request.reset = reset_;
    request.keep_bytes = diff_;
    request.layout = layout;
    request.given = from_;
    return request;
  }

  [[nodiscard]] RepairRun run_of(const cli::Context& context, const RepairRequest& request,
                                 const std::vector<cli::ChosenStore>& stores) const {
    RepairRun run;
    run.doing = request.doing;
    run.shows_edits = diff_;
    run.when = now();
    for (const cli::ChosenStore& store : stores) run.places.push_back(store.path);
    run.places.insert(run.places.end(), inputs_.paths.begin(), inputs_.paths.end());
    std::vector<std::string> options;
    const auto add_flag = [&](bool given, const char* flag) {
      if (given) options.emplace_back(flag);
    };
    add_flag(fixes_.surrogates, "--fix-surrogates");
    add_flag(fixes_.links, "--fix-links");
    add_flag(fixes_.header, "--rebuild-header");
    add_flag(reset_, "--reset");
    run.level = level_;
    for (const std::string& path : from_) options.insert(options.end(), {"--from", path});
    run.command = cli::command_like(context.common, "session-repair", options);
    run.verify_command = cli::command_like(context.common, "session-verify");
    return run;
  }

  void warn_without_layout(cli::Context& context, const RepairAnswer& answer) const {
    const bool wants_layout = fixes_.links || fixes_.header;
    if (!wants_layout || answer.layout != nullptr || answer.skipped || answer.error) return;
    context.report.warning(
        fmt::format("{}: its layout is not known, and without it --fix-links and "
                    "--rebuild-header do nothing; say which with --layout",
                    context.report.display(answer.path)));
  }

  ExitStatus repair(cli::Context& context, const Layout* layout,
                    const std::vector<cli::ChosenStore>& stores) {
    const RepairRequest request = request_of(context, layout);
    RepairReport report(context.report, request.doing,
                        {context.common.verbose > 0, diff_, context.common.format != "text"});
    std::optional<RepairPage> page;
    if (!page_file_.empty()) page.emplace(run_of(context, request, stores));
    const auto take = [&](Named named, const std::vector<RepairAnswer>& answers) {
      for (const RepairAnswer& answer : answers) {
        report.add(answer);
        if (page) page->add(answer);
        if (named == Named::yes) warn_without_layout(context, answer);
      }
    };
    cli::raise_descriptor_limit();
    const std::size_t threads = repair_threads(cli::threads_for(jobs_), cli::descriptor_limit());
    RepairPool pool(context.fs, request, threads, take, cli::stop_requested);
    VerifyWalk walk(
        context, layout, inputs_.shard, [&](VerifyTask task) { pool.submit(std::move(task)); },
        cli::stop_requested);
    const ExitStatus walked = walk_all(context, walk, inputs_, stores);
    pool.finish();
    warn_of_no_files(context, inputs_, report.files());
    report.finish();
    const Result<void> told = page ? cli::write_page(context.fs, page_file_, page->html()) : Result<void>{};
    if (!told) context.report.error(told.error());
    return report.status() | walked | (told ? cli::k_exit_fine : cli::k_exit_operation_failed);
  }

  VerifyInputs inputs_;
  bool dry_run_ = false;
  bool diff_ = false;
  std::string level_;
  std::vector<std::string> from_;
  Fixes fixes_;
  std::string page_file_;
  bool reset_ = false;
  unsigned jobs_ = 0;
  cli::ActAs act_as_ = cli::ActAs::owner;
  cli::ConfigFlags flags_;
};

}  // namespace

std::unique_ptr<cli::Tool> repair_tool() { return std::make_unique<RepairTool>(); }

}  // namespace session::commands
