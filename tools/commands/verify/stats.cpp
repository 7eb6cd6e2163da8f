#include "commands/verify/stats.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "cli/quantity.h"
#include "cli/signals.h"
#include "commands/clean/survey.h"
#include "commands/verify/report.h"
#include "commands/verify/walk.h"

namespace session::commands {

namespace {

using cli::Json;
using std::chrono::hours;

/// Counts by what lies below a bound; the last bound has none.
template <class Bound, std::size_t k_bounds>
struct Histogram {
  std::array<Bound, k_bounds> bounds;
  std::array<std::uint64_t, k_bounds + 1> counts{};

  void add(Bound value) {
    const auto place = std::upper_bound(bounds.begin(), bounds.end(), value);
    ++counts[static_cast<std::size_t>(place - bounds.begin())];
  }
};
using Ages = Histogram<milliseconds, 6>;
using Sizes = Histogram<std::uint64_t, 5>;

constexpr Ages k_ages{{hours{1}, hours{24}, hours{24 * 7}, hours{24 * 30}, hours{24 * 90}, hours{24 * 365}}};
constexpr Sizes k_sizes{{1ULL << 10, 16ULL << 10, 256ULL << 10, 4ULL << 20, 64ULL << 20}};

struct StoreStats {
  const Layout* layout = nullptr;
  std::uint64_t files = 0, bytes = 0, records = 0, unreadable = 0, artifacts = 0;
  std::array<std::uint64_t, 4> verdicts{};  ///< by Verdict
  std::array<std::uint64_t, k_kind_count> kinds{};
  Sizes sizes = k_sizes;
  Ages ages = k_ages;
  std::uint64_t undated = 0;
  milliseconds ttl{0};
  std::uint64_t sessions = 0, to_go = 0, to_go_bytes = 0;
  bool braked = false;
  std::array<std::uint64_t, k_reason_count> kept{};
};

/// Whether an entry that is kept for this is a session at all.
bool is_session(Reason reason) {
  return reason != Reason::protected_name && reason != Reason::foreign && reason != Reason::not_regular;
}

class StatsRun {
 public:
  StatsRun(cli::Context& context, const StatsRequest& request)
      : context_(context), request_(request), inspect_(request.inspect) {
    inspect_.on_bytes = [](std::uint64_t) { return !cli::stop_requested(); };
  }

  cli::ExitStatus count(const std::vector<CleanStore>& stores) {
    for (const CleanStore& store : stores) {
      if (cli::stop_requested()) break;
      StoreStats stats;
      if (!survey(store, stats)) continue;
      verify(store, stats);
      report(store.path, stats);
    }
    Json totals;
    totals["stores"] = stores_;
    totals["files"] = files_;
    totals["bytes"] = bytes_;
    context_.report.summary(totals, {});
    return status_;
  }

 private:
  /// Ages, and the plan of the next clean-up.
  bool survey(const CleanStore& store, StoreStats& stats) {
    SurveyOptions options;
    options.as_of = options.now = *inspect_.as_of;
    options.repaired_grace = context_.config.repaired_grace;
    options.write_grace = context_.config.write_grace;
    options.temp_grace = context_.config.temp_grace;
    options.threads = request_.threads;
    options.custom_layouts = context_.config.custom_layouts;
    const auto date = [&](const Decision& decision) {
      if (!decision.activity) {
        ++stats.undated;
      } else {
        stats.ages.add(std::max(options.as_of - *decision.activity, milliseconds{0}));
      }
    };
    SurveyEvents events;
    events.failed = [this](const Error& error) { fail(error); };
    events.kept = [&](const Path&, const Name&, const Decision& decision) {
      if (is_session(decision.reason)) date(decision);
    };
    const Result<Survey> survey = survey_store(context_.fs, store, options, events);
    if (!survey) {
      // A store that is configured or usual, and not there yet, holds nothing.
      if (store.named || survey.error().code != Errc::not_found) {
        fail(survey.error());
      } else {
        report_missing(store);
      }
      return false;
    }
    for (const Candidate& candidate : survey->stale) {
      if (!candidate.decision.remove) continue;
      date(candidate.decision);
      ++stats.to_go;
      stats.to_go_bytes += candidate.judged.size;
    }
    stats.layout = survey->layout;
    stats.ttl = store.policy.ttl;
    stats.kept = survey->kept;
    stats.sessions = survey->sessions;
    stats.braked = survey->braked;
    return true;
  }

  /// Sizes and damage.
  void verify(const CleanStore& store, StoreStats& stats) {
    constexpr std::size_t k_tasks_under_way = 256;
    const VerifyWork work{context_.fs, inspect_, stats.layout, context_.config.temp_grace};
    Inspector::Share share;
    VerifyPool::Hooks hooks;
    hooks.make_worker = [this] { return std::make_unique<Inspector>(context_.fs, inspect_); };
    hooks.work = [&](Inspector& inspector, VerifyTask task) {
      return work_on(work, inspector, std::move(task), share);
    };
    hooks.take = [&](const VerifyAnswer& answer) { take(answer, stats); };
    VerifyPool pool(request_.threads, k_tasks_under_way, std::move(hooks));
    share = [&pool](Inspector& own, std::size_t parts, const Inspector::Part& part) {
      pool.share(own, parts, part);
    };
    VerifyWalk walk(
        context_, stats.layout, Shard(), [&](VerifyTask task) { pool.submit(std::move(task)); },
        cli::stop_requested);
    walk.add_path(store.only ? join_path(store.path, *store.only) : store.path);
    pool.finish();
  }

  void take(const VerifyAnswer& answer, StoreStats& stats) {
    const Inspection& inspection = answer.inspection;
    if (answer.skipped || inspection.given_up) return;
    if (inspection.error) {
      ++stats.unreadable;
      fail(*inspection.error);
      return;
    }
    for (const Finding& finding : inspection.diagnosis.findings) {
      ++stats.kinds[static_cast<std::size_t>(finding.kind)];
    }
    if (!answer.is_file) {
      ++stats.artifacts;
      return;
    }
    ++stats.files;
    stats.bytes += inspection.diagnosis.bytes;
    stats.records += inspection.diagnosis.records;
    stats.sizes.add(inspection.diagnosis.bytes);
    ++stats.verdicts[static_cast<std::size_t>(inspection.diagnosis.verdict)];
  }

  void fail(const Error& error) {
    context_.report.error(error);
    status_ |= cli::k_exit_operation_failed;
  }

  void report(const Path& path, const StoreStats& stats);
  void report_missing(const CleanStore& store);

  cli::Context& context_;
  const StatsRequest& request_;
  InspectOptions inspect_;
  cli::ExitStatus status_ = cli::k_exit_fine;
  std::uint64_t stores_ = 0, files_ = 0, bytes_ = 0;
};

std::string label_below(milliseconds bound) { return "under " + format_duration(bound); }
std::string label_below(std::uint64_t bound) { return "under " + cli::describe_bytes(bound); }

/// A line for each range: its bound, its count and a bar as long as its share.
template <class Histogram>
std::string bars(const Histogram& histogram) {
  constexpr std::uint64_t k_longest = 40;
  const std::uint64_t most =
      std::max<std::uint64_t>(1, *std::max_element(histogram.counts.begin(), histogram.counts.end()));
  std::string text;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    const std::uint64_t count = histogram.counts[i];
    const std::string label =
        i < histogram.bounds.size() ? label_below(histogram.bounds[i]) : std::string("more");
    const std::string bar((count * k_longest + most - 1) / most, '#');
    text += fmt::format("    {:<16}{:>9}{}{}\n", label, count, bar.empty() ? "" : "  ", bar);
  }
  return text;
}

/// The bound of each range under `key` (null: none), and its count.
template <class Histogram, class Value>
Json ranges(const Histogram& histogram, const char* key, Value value) {
  Json all = Json::array();
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    Json range;
    range[key] = i < histogram.bounds.size() ? Json(value(histogram.bounds[i])) : Json();
    range["files"] = histogram.counts[i];
    all.push_back(std::move(range));
  }
  return all;
}

Json record_of(const StoreStats& stats) {
  Json record;
  record["layout"] = stats.layout == nullptr ? Json() : Json(stats.layout->name);
  record["files"] = stats.files;
  record["bytes"] = stats.bytes;
  record["records"] = stats.records;
  for (std::size_t i = 0; i < stats.verdicts.size(); ++i) {
    record[std::string(name_of(static_cast<Verdict>(i)))] = stats.verdicts[i];
  }
  record["unreadable"] = stats.unreadable;
  record["artifacts"] = stats.artifacts;
  record["findings"] = Json::object();
  for (std::size_t i = 0; i < stats.kinds.size(); ++i) {
    if (stats.kinds[i] > 0) record["findings"][std::string(id_of(static_cast<Kind>(i)))] = stats.kinds[i];
  }
  record["sizes"] = ranges(stats.sizes, "under_bytes", [](std::uint64_t bound) { return bound; });
  record["ages"] = ranges(stats.ages, "under_hours", [](milliseconds bound) {
    return std::chrono::duration_cast<hours>(bound).count();
  });
  record["undated"] = stats.undated;
  Json& clean = record["next_clean"];
  clean["ttl_hours"] = std::chrono::duration<double, std::ratio<3600>>(stats.ttl).count();
  clean["sessions"] = stats.sessions;
  clean["would_remove"] = stats.to_go;
  clean["bytes"] = stats.to_go_bytes;
  clean["held_by_brake"] = stats.braked;
  clean["kept_by_reason"] = Json::object();
  for (std::size_t i = 0; i < stats.kept.size(); ++i) {
    if (stats.kept[i] > 0)
      clean["kept_by_reason"][std::string(name_of(static_cast<Reason>(i)))] = stats.kept[i];
  }
  return record;
}

std::string text_of(const StoreStats& stats) {
  std::string text = fmt::format("  files       {}, {}; records {}\n", stats.files,
                                 cli::describe_bytes(stats.bytes), stats.records);
  text += "  verdicts   ";
  for (std::size_t i = 0; i < stats.verdicts.size(); ++i) {
    if (stats.verdicts[i] > 0)
      text += fmt::format(" {} {}", stats.verdicts[i], name_of(static_cast<Verdict>(i)));
  }
  if (stats.unreadable > 0) text += fmt::format(" {} unreadable", stats.unreadable);
  text += "\n";
  for (std::size_t i = 0; i < stats.kinds.size(); ++i) {
    if (stats.kinds[i] > 0)
      text += fmt::format("    {:<16}{:>9}\n", id_of(static_cast<Kind>(i)), stats.kinds[i]);
  }
  text += "  size\n" + bars(stats.sizes) + "  since last use\n" + bars(stats.ages);
  if (stats.undated > 0) text += fmt::format("    {:<16}{:>9}\n", "unknown", stats.undated);
  if (stats.ttl == milliseconds{0})
    return text + "  next clean  removes nothing: sessions never expire here\n";
  return text + fmt::format("  next clean  would remove {} of {} sessions, {} (unused for more than {}){}\n",
                            stats.to_go, stats.sessions, cli::describe_bytes(stats.to_go_bytes),
                            format_duration(stats.ttl),
                            stats.braked ? ", but the brake holds all of them" : "");
}

void StatsRun::report(const Path& path, const StoreStats& stats) {
  ++stores_;
  files_ += stats.files;
  bytes_ += stats.bytes;
  Json record;
  cli::add_path(record, path);
  record.update(record_of(stats));
  const std::string_view layout =
      stats.layout == nullptr ? std::string_view("no known layout") : stats.layout->name;
  const std::string shown = context_.report.styled(cli::Style::strong, context_.report.display(path));
  context_.report.item(record, fmt::format("{}: {}\n{}", shown, layout, text_of(stats)));
}

void StatsRun::report_missing(const CleanStore& store) {
  Json record;
  cli::add_path(record, store.path);
  record["layout"] = store.layout == nullptr ? Json() : Json(store.layout->name);
  record["missing"] = true;
  const std::string shown = context_.report.styled(cli::Style::strong, context_.report.display(store.path));
  context_.report.item(record,
                       fmt::format("{}: not there; nothing was ever saved in it, or it was moved\n", shown));
}

}  // namespace

cli::ExitStatus run_stats(cli::Context& context, const StatsRequest& request) {
  const auto stores = select_stores(request.paths, context);
  if (stores) return StatsRun(context, request).count(*stores);
  context.report.usage_error(request.paths.empty() && context.common.stores.empty()
                                 ? "nothing to count: no path is given, and no store is configured"
                                 : stores.error().message,
                             "name directories (session-verify --stats DIR)");
  return cli::k_exit_usage;
}

}  // namespace session::commands
