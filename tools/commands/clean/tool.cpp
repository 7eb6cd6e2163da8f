#include "commands/clean/tool.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <algorithm>

#include "cli/act_as_owner.h"
#include "cli/config_flags.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "commands/clean/hook.h"
#include "commands/clean/report.h"
#include "commands/clean/restore.h"
#include "commands/clean/stores.h"
#include "commands/clean/sweep.h"

namespace session::commands {
namespace {

using cli::ExitStatus;

class CleanTool final : public cli::Tool {
 public:
  [[nodiscard]] std::string_view name() const override { return "session-clean"; }
  [[nodiscard]] std::string_view summary() const override {
    return "remove the sessions that nobody has used for longer than their time to live";
  }
  [[nodiscard]] std::string_view description() const override {
    return "Removes the sessions whose activity time, read from their content, is older than the TTL (7 "
           "days unless configured), in the stores named on the command line, or else those configured, or "
           "else the .synapse/sessions of the project whose core-config.yaml is found. Damaged, undatable, "
           "future-dated, pinned, foreign and protected files are never removed, and neither is a session "
           "that is written to meanwhile. A broken configuration removes nothing. A TTL of 0 means never.";
  }
  [[nodiscard]] std::vector<Example> examples() const override {
    return {{"session-clean --dry-run", "show what would go from the configured stores"},
            {"session-clean --ttl 30d ~/.miniclaw/workspace/sessions",
             "remove what was last used over 30 days ago"},
            {"session-clean --layout miniclaw --keep-newest 10",
             "clean MiniClaw's store, keep the last ten sessions"},
            {"session-clean --quiet --max-delete 20%", "for cron: mail only when something is wrong"}};
  }

  void add_options(CLI::App& app) override {
    app_ = &app;
    app.add_option("PATH", paths_, "Stores to clean, or single session files")->type_name("PATH");
    app.add_flag("-n,--dry-run", dry_run_, "Show what would be done and do nothing");
    app.add_option("--as-of", as_of_, "Judge as if it were TIME (RFC 3339, or seconds since 1970)")
        ->type_name("TIME")
        ->check(time_text());
    config_flags_
        .add(app, "--ttl", "sessions.ttlHours", "DURATION",
             "Time to live: 168h, 7d, 30m; a bare number is hours; 0 is never")
        ->check(cli::duration_text());
    config_flags_
        .add(app, "--on-undatable", "sessions.onUndatable", "WHAT",
             "Sessions without a believable time: keep, or take the mtime")
        ->check(cli::one_of({"keep", "mtime"}));
    config_flags_.add(app, "--keep-newest", "sessions.keepNewest", "N",
                      "Never remove the N most recently active sessions of a store");
    config_flags_.add(app, "--max-delete", "sessions.maxDelete", "N|P%",
                      "Remove none at all if more than that many would go; none: no limit");
    app.add_flag("--trash", trash_, "Move stale sessions to the store's trash instead of removing them");
    config_flags_
        .add(app, "--trash-ttl", "sessions.trashTtlHours", "DURATION",
             "How long the trash keeps them; 0 is for ever")
        ->check(cli::duration_text());
    app.add_option("--audit-log", audit_log_,
                   "Append to FILE, as JSON Lines, what is about to be removed and what became of it")
        ->type_name("FILE");
    app.add_flag("--list-trash", list_trash_,
                 "List what is in the trash, the latest first, and do nothing else");
    app.add_option("--restore", restore_,
                   "Put the session ID back from the trash and do nothing else; repeatable")
        ->type_name("ID")
        ->allow_extra_args(false)
        ->excludes("--list-trash");
    app.add_flag(
        "--hook", hook_,
        "Read a hook's JSON (cwd, session_id) from standard input; at a session's first prompt start the "
        "clean-up of its project in the background, with the other options given; always exit 0");
    app.add_flag("--if-enabled", if_enabled_,
                 "Do nothing where sessions.clean.enabled is false; --hook implies it");
    app.add_flag("--no-index", no_index_,
                 "Look at every session, also at those that an earlier run found to be fresh for longer");
    cli::add_jobs(app, jobs_, "read and remove");
    config_flags_.add_lock_timeout(app);
    cli::add_as_root(app, act_as_);
  }

  std::optional<ExitStatus> execute_early(const cli::CommonOptions& common, Fs& fs,
                                          const Environment& environment) override {
    if (!hook_) return std::nullopt;
    const std::optional<Path> config =
        common.config_file.empty() ? std::nullopt : std::optional<Path>(common.config_file);
    run_hook(fs, config, environment, background_arguments(common));
    return cli::k_exit_fine;
  }

  Result<void, ConfigError> apply_flags(Config& config) override {
    if (auto applied = config_flags_.apply(config); !applied) return applied;
    if (trash_) {
      if (auto set = set_key(config, "sessions.trash", "true", "--trash"); !set) return set;
    }
    if (no_index_) {
      if (auto set = set_key(config, "sessions.clean.index", "false", "--no-index"); !set) return set;
    }
    return {};
  }

  ExitStatus execute(cli::Context& context) override {
    if (if_enabled_ && !context.config.clean_enabled) return cli::k_exit_fine;
    const auto stores = select_stores(paths_, context);
    if (!stores) return refuse(context, stores.error());
    std::vector<Path> places;
    for (const CleanStore& store : *stores) places.push_back(store.path);
    if (const auto acted = cli::act_as_owner(context.fs, act_as_, places); !acted) {
      return refuse(context, acted.error());
    }
    SweepOptions options = sweep_options(context.config);
    // With -v every fresh session is told of with its time, and from another time nothing is to be
    // remembered.
    const bool wants_all = context.common.verbose > 0 || !as_of_.empty() || !context.config.clean_index;
    options.survey.index = wants_all ? UseIndex::no : UseIndex::yes;
    AuditLog audit(context.fs, audit_log_);
    if (!audit_log_.empty()) options.audit = &audit;
    CleanReport report(context, options.doing);
    if (list_trash_) {
      show_trash(context.fs, *stores, report);
    } else if (!restore_.empty()) {
      restore_sessions(context.fs, *stores, restore_, options.lock_timeout, options.doing, report);
    } else {
      clean(context, *stores, options, report);
    }
    return report.has_failed() ? cli::k_exit_operation_failed : cli::k_exit_fine;
  }

 private:
  static void clean(cli::Context& context, const std::vector<CleanStore>& stores, const SweepOptions& options,
                    CleanReport& report) {
    for (const CleanStore& store : stores) {
      if (cli::stop_requested()) break;
      clean_store(context.fs, store, options, report);
    }
    report.summary();
  }

  /// This command line for the clean-up that --hook starts: without --hook, and of the project's own store
  /// where no other is named.
  [[nodiscard]] std::vector<std::string> background_arguments(const cli::CommonOptions& common) const {
    std::vector<std::string> arguments = {"--quiet", "--if-enabled"};
    for (const CLI::Option* option : app_->get_options()) {
      if (option->count() == 0 || option->get_positional()) continue;
      const std::string flag = "--" + option->get_lnames().at(0);
      if (flag == "--hook" || flag == "--quiet" || flag == "--if-enabled") continue;
      if (option->get_items_expected_max() == 0) {
        arguments.push_back(flag);
      } else {
        for (const std::string& value : option->results()) {
          arguments.push_back(std::string(flag).append("=").append(value));
        }
      }
    }
    arguments.emplace_back("--");
    arguments.insert(arguments.end(), paths_.begin(), paths_.end());
    const bool names_a_store = !paths_.empty() || !common.stores.empty() || !common.layout.empty();
    if (!names_a_store) arguments.push_back(find_layout("synapse")->homes.front());
    return arguments;
  }

  static CLI::Validator time_text() {
    return {[](const std::string& given) -> std::string {
              if (parse_activity_text(given)) return {};
              return "'" + given + "' is no time; such as 2026-11-21T08:00:00Z";
            },
            ""};
  }

  [[nodiscard]] SweepOptions sweep_options(const Config& config) const {
    SweepOptions options;
    options.doing = dry_run_ ? Doing::planning : Doing::cleaning;
    options.lock_timeout = config.lock_timeout;
    const TimePoint clock = now();
    options.survey.as_of = as_of_.empty() ? clock : *parse_activity_text(as_of_);
    // What must have lain still for a while has not done so because somebody looks from the future.
    options.survey.now = std::min(clock, options.survey.as_of);
    options.survey.repaired_grace = config.repaired_grace;
    options.survey.write_grace = config.write_grace;
    options.survey.temp_grace = config.temp_grace;
    options.survey.threads = cli::threads_for(jobs_);
    options.survey.custom_layouts = config.custom_layouts;
    return options;
  }

  std::vector<std::string> paths_;
  CLI::App* app_ = nullptr;
  bool dry_run_ = false;
  bool hook_ = false;
  bool if_enabled_ = false;
  bool no_index_ = false;
  std::string as_of_;
  cli::ActAs act_as_ = cli::ActAs::owner;
  std::string audit_log_;
  bool trash_ = false;
  bool list_trash_ = false;
  std::vector<std::string> restore_;
  unsigned jobs_ = 0;
  cli::ConfigFlags config_flags_;
};

}  // namespace

std::unique_ptr<cli::Tool> clean_tool() { return std::make_unique<CleanTool>(); }

}  // namespace session::commands
