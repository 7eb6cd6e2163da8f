#include "commands/verify/stats_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/quantity.h"
#include "session/layout.h"

namespace session::commands {
namespace {

using cli::Json;

/// A line for each range: its bound, its count and a bar as long as its share.
template <class Histogram>
std::string bars(const Histogram& histogram) {
  constexpr std::uint64_t k_longest = 40;
  const std::uint64_t most = std::max<std::uint64_t>(1, histogram.most());
  const std::vector<std::string> labels = labels_of(histogram);
  std::string text;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    const std::uint64_t count = histogram.counts[i];
    const std::string bar((count * k_longest + most - 1) / most, '#');
    text += fmt::format("    {:<16}{:>9}{}{}\n", labels[i], count, bar.empty() ? "" : "  ", bar);
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

Json next_clean_record(const StoreStats& stats) {
  Json clean;
  clean["ttl_hours"] = std::chrono::duration<double, std::ratio<3600>>(stats.ttl).count();
  clean["sessions"] = stats.sessions;
  clean["would_remove"] = stats.to_go;
  clean["bytes"] = stats.to_go_bytes;
  clean["orphan_temps"] = stats.temps_to_go;
  clean["held_by_brake"] = stats.braked;
  clean["kept_by_reason"] = Json::object();
  for (std::size_t i = 0; i < stats.kept.size(); ++i) {
    if (stats.kept[i] > 0)
      clean["kept_by_reason"][std::string(name_of(static_cast<Reason>(i)))] = stats.kept[i];
  }
  return clean;
}

Json record_of(const StoreStats& stats) {
  Json record;
  cli::add_path(record, stats.path);
  record["layout"] = stats.layout == nullptr ? Json() : Json(stats.layout->name);
  if (stats.missing) {
    record["missing"] = true;
    return record;
  }
  stats.tally.write_to(record);
  record["sizes"] = ranges(stats.sizes, "under_bytes", [](std::uint64_t bound) { return bound; });
  record["ages"] = ranges(stats.ages, "under_hours", [](milliseconds bound) {
    return std::chrono::duration_cast<std::chrono::hours>(bound).count();
  });
  record["undated"] = stats.undated;
  record["next_clean"] = next_clean_record(stats);
  return record;
}

std::string next_clean_text(const StoreStats& stats) {
  std::string temps;
  if (stats.temps_to_go > 0)
    temps = fmt::format("              and {}\n",
                        cli::counted(stats.temps_to_go, "orphan temporary", "orphan temporaries"));
  if (!can_expire(stats)) return "  next clean  removes no session: they never expire here\n" + temps;
  return fmt::format("  next clean  would remove {} of {} sessions, {} (unused for more than {}){}\n",
                     stats.to_go, stats.sessions, cli::describe_bytes(stats.to_go_bytes),
                     format_duration(stats.ttl), stats.braked ? ", but the brake holds all of them" : "") +
         temps;
}

std::string text_of(const StoreStats& stats) {
  const Tally& tally = stats.tally;
  std::string text = fmt::format("  files       {}, {}; records {}\n", tally.files,
                                 cli::describe_bytes(tally.bytes), tally.records);
  text += "  verdicts   ";
  for (std::size_t i = 0; i < tally.verdicts.size(); ++i) {
    if (tally.verdicts[i] > 0)
      text += fmt::format(" {} {}", tally.verdicts[i], name_of(static_cast<Verdict>(i)));
  }
  if (tally.unreadable > 0) text += fmt::format(" {} unreadable", tally.unreadable);
  text += tally.files == 0 ? " none\n" : "\n";
  for (std::size_t i = 0; i < tally.kinds.size(); ++i) {
    if (tally.kinds[i] > 0)
      text += fmt::format("    {:<16}{:>9}\n", id_of(static_cast<Kind>(i)), tally.kinds[i]);
  }
  text += "  size\n" + bars(stats.sizes) + "  since last use\n" + bars(stats.ages);
  if (stats.undated > 0) text += fmt::format("    {:<16}{:>9}\n", "unknown", stats.undated);
  return text + next_clean_text(stats);
}

}  // namespace

void report_stats(cli::Reporter& report, const StoreStats& stats) {
  const std::string shown = report.styled(cli::Style::strong, report.display(stats.path));
  if (stats.missing) {
    report.item(record_of(stats),
                fmt::format("{}: not there; nothing was ever saved in it, or it was moved\n", shown));
    return;
  }
  const std::string layout = stats.layout == nullptr ? "no known layout" : stats.layout->name;
  report.item(record_of(stats), fmt::format("{}: {}\n{}", shown, layout, text_of(stats)));
}

}  // namespace session::commands
