#include "commands/verify/store_count.h"

#include "cli/limits.h"
#include "cli/signals.h"
#include "commands/clean/survey.h"
#include "commands/verify/walk.h"

namespace session::commands {
namespace {

constexpr std::size_t k_most_errors = 25;

class StoreCount {
 public:
  StoreCount(cli::Context& context, const CleanStore& store, const InspectOptions& inspect,
             std::size_t threads)
      : context_(context), store_(store), inspect_(inspect), threads_(threads) {
    inspect_.on_bytes = [](std::uint64_t) { return !cli::stop_requested(); };
  }

  StoreStats count() {
    stats_.path = store_.only ? join_path(store_.path, *store_.only) : store_.path;
    stats_.layout = store_.layout;
    survey();
    if (!stats_.missing && !stats_.failed) verify();
    return std::move(stats_);
  }

 private:
  /// Ages, and the plan of the next clean-up.
  void survey() {
    SurveyOptions options;
    options.as_of = options.now = *inspect_.as_of;
    options.repaired_grace = context_.config.repaired_grace;
    options.write_grace = context_.config.write_grace;
    options.temp_grace = context_.config.temp_grace;
    options.threads = threads_;
    options.custom_layouts = context_.config.custom_layouts;
    SurveyEvents events;
    events.failed = [this](const Error& error) { fail(error); };
    events.kept = [this](const Path&, const Name&, const Decision& decision) {
      if (is_session(decision.reason)) date(decision);
    };
    const Result<Survey> survey = survey_store(context_.fs, store_, options, events);
    if (survey) return take(*survey);
    // A store that is configured or usual, and not there yet, holds nothing.
    stats_.missing = !store_.named && survey.error().code == Errc::not_found;
    stats_.failed = !stats_.missing;
    if (stats_.failed) fail(survey.error());
  }

  void date(const Decision& decision) {
    if (!decision.activity) {
      ++stats_.undated;
    } else {
      stats_.ages.add(std::max(*inspect_.as_of - *decision.activity, milliseconds{0}));
    }
  }

  void take(const Survey& survey) {
    for (const Candidate& candidate : survey.stale) {
      if (!candidate.decision.remove) continue;
      date(candidate.decision);
      ++stats_.to_go;
      stats_.to_go_bytes += candidate.judged.size;
    }
    for (const OrphanTemp& temp : survey.temps) {
      if (temp.kept_because.empty()) ++stats_.temps_to_go;
    }
    stats_.layout = survey.layout;
    stats_.ttl = store_.policy.ttl;
    stats_.kept = survey.kept;
    stats_.sessions = survey.sessions;
    stats_.braked = survey.braked;
  }

  /// Sizes and damage.
  void verify() {
    const VerifyWork work{context_.fs, inspect_, stats_.layout, context_.config.temp_grace};
    Inspector::Share share;
    VerifyPool::Hooks hooks;
    hooks.make_worker = [this] { return std::make_unique<Inspector>(context_.fs, inspect_); };
    hooks.work = [&](Inspector& inspector, VerifyTask&& task) {
      return work_on(work, inspector, std::move(task), share);
    };
    hooks.take = [this](const VerifyAnswer& answer) { take(answer); };
    cli::raise_descriptor_limit();
    const VerifyRoom room = verify_room(threads_, cli::descriptor_limit());
    VerifyPool pool(room.threads, k_verify_tasks_under_way, std::move(hooks));
    share = [&pool](Inspector& own, std::size_t parts, const Inspector::Part& part) {
      pool.share(own, parts, part);
    };
    VerifyWalk walk(context_, stats_.layout, Shard(), VerifySubmit(pool, room), cli::stop_requested);
    walk.add_path(stats_.path);
    pool.finish();
  }

  void take(const VerifyAnswer& answer) {
    const Inspection& inspection = answer.inspection;
    if (answer.skipped || inspection.given_up) return;
    stats_.tally.add(answer);
    if (inspection.error) return fail(*inspection.error);
    if (!answer.is_file) return;
    stats_.sizes.add(inspection.diagnosis.bytes);
    if (inspection.diagnosis.verdict == Verdict::damaged) stats_.tally.add_damaged(inspection.diagnosis);
  }

  void fail(const Error& error) {
    context_.report.error(error);
    if (stats_.errors.size() < k_most_errors) {
      stats_.errors.push_back(error);
    } else {
      ++stats_.errors_left_out;
    }
  }

  cli::Context& context_;
  const CleanStore& store_;
  InspectOptions inspect_;
  std::size_t threads_;
  StoreStats stats_;
};

}  // namespace

StoreStats count_store(cli::Context& context, const CleanStore& store, const InspectOptions& inspect,
                       std::size_t threads) {
  return StoreCount(context, store, inspect, threads).count();
}

}  // namespace session::commands
