#include "commands/verify/run.h"

#include <fmt/format.h>

#include <atomic>

#include "cli/input.h"
#include "cli/limits.h"
#include "cli/shell.h"
#include "cli/signals.h"
#include "cli/spool.h"
#include "commands/verify/progress.h"
#include "commands/verify/walk.h"

namespace session::commands {

namespace {

using cli::ExitStatus;

Detail detail_of(const cli::CommonOptions& common) {
  if (common.quiet) return Detail::damage;
  return common.verbose > 0 ? Detail::everything : Detail::problems;
}

class Run {
 public:
  Run(cli::Context& context, VerifyRequest request)
      : context_(context),
        request_(std::move(request)),
        work_{context.fs, request_.inspect, request_.layout, context.config.temp_grace},
        report_(context.report, report_options()),
        writer_(request_.write_baseline, cli::named_temporary_directory(context.environment)) {
    const bool shows_progress = context.report.shows_progress();
    request_.inspect.on_bytes = [this, shows_progress](std::uint64_t bytes) {
      if (shows_progress) progress_.add_bytes(bytes);
      return !cli::stop_requested();
    };
  }

  ExitStatus verify() {
    if (request_.baseline) context_.report.compare_with_baseline();
    cli::raise_descriptor_limit();
    const VerifyRoom room = verify_room(request_.threads, cli::descriptor_limit());
    VerifyPool pool(room.threads, k_verify_tasks_under_way, pool_hooks());
    share_ = [&pool](Inspector& own, std::size_t count, const Inspector::Part& part) {
      pool.share(own, count, part);
    };
    if (context_.report.shows_progress()) progress_.count_below(context_.fs, all_roots());
    VerifyWalk walk(context_, request_.layout, request_.inputs.shard, VerifySubmit(pool, room),
                    cli::stop_requested, [&] {
                      many_ = true;
                      pool.start();
                    });
    const ExitStatus walked = walk_all(context_, walk, request_.inputs, request_.stores);
    pool.finish();
    return end(walk) | walked;
  }

 private:
  VerifyReport::Options report_options() const {
    const cli::CommonOptions& common = context_.common;
    const Path& list = request_.inputs.files0_from;
    return {request_.strict, detail_of(common), common.format != "text",
            cli::command_like(common, "session-repair"), list != cli::k_standard_input ? list : Path()};
  }

  VerifyPool::Hooks pool_hooks() {
    VerifyPool::Hooks hooks;
    hooks.make_worker = [this] {
      auto inspector = std::make_unique<Inspector>(context_.fs, request_.inspect);
      if (many_) inspector->prepare();
      return inspector;
    };
    hooks.work = [this](Inspector& inspector, VerifyTask&& task) {
      return work_on(work_, inspector, std::move(task), share_);
    };
    hooks.look_ahead = [this](Inspector& inspector, std::span<const VerifyTask* const> tasks) {
      look_ahead(work_, inspector, tasks);
    };
    hooks.take = [this](const VerifyAnswer& answer) { take(answer); };
    if (context_.report.shows_progress()) hooks.tick = [this] { context_.report.progress(progress_.line()); };
    return hooks;
  }

  void take(const VerifyAnswer& answer) {
    if (answer.skipped || answer.inspection.given_up) return;
    if (answer.is_file) progress_.add_file();
    std::vector<bool> known;
    if (request_.baseline) known = request_.baseline->match(answer);
    if (!request_.write_baseline.empty()) {
      writer_.add(answer);
      known.assign(answer.inspection.diagnosis.findings.size(), true);
    }
    report_.add(answer, known);
  }

  [[nodiscard]] std::vector<Path> all_roots() const {
    std::vector<Path> roots = request_.inputs.paths;
    for (const cli::ChosenStore& store : request_.stores) roots.push_back(store.path);
    return roots;
  }

  ExitStatus end(const VerifyWalk& walk) {
    if (walk.special_entries() > 0) {
      context_.report.note(
          fmt::format("{} symlinks and special files were left out", walk.special_entries()));
    }
    warn_of_no_files(context_, request_.inputs, report_.files());
    report_.finish(walk.roots(),
                   request_.baseline ? std::optional(request_.baseline->unused()) : std::nullopt);
    if (request_.write_baseline.empty() || cli::stop_requested()) return report_.status();
    const Result<void> written = writer_.write(context_.fs);
    if (written) return report_.status();
    context_.report.error(written.error());
    return report_.status() | cli::k_exit_operation_failed;
  }

  cli::Context& context_;
  VerifyRequest request_;
  VerifyWork work_;
  VerifyReport report_;
  BaselineWriter writer_;
  VerifyProgress progress_;
  Inspector::Share share_;
  std::atomic<bool> many_ = false;  ///< files are to come
};

}  // namespace

ExitStatus run_verify(cli::Context& context, VerifyRequest request) {
  return Run(context, std::move(request)).verify();
}

}  // namespace session::commands
