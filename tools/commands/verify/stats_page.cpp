#include "commands/verify/stats_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/quantity.h"
#include "cli/shell.h"
#include "session/layout.h"

namespace session::commands {
namespace {

using cli::counted;
using cli::element;
using cli::Html;

std::string number(std::uint64_t value) { return std::to_string(value); }

/// What a count that should be 0 looks like.
std::string_view look_of(std::uint64_t count, std::string_view look) { return count > 0 ? look : ""; }

std::string_view look_of(Severity severity) {
  switch (severity) {
    case Severity::note:
    case Severity::limits: return "";
    case Severity::warning: return "warning";
    case Severity::error: return "bad";
  }
  return "bad";
}

/// The files as one strip, by verdict, and what its colours are.
Html verdicts(const Tally& tally) {
  struct Part {
    std::uint64_t files;
    std::string_view look, words;
  };
  const Part parts[] = {{tally.count_of(Verdict::ok), "", "ok"},
                        {tally.count_of(Verdict::warn), "warning", "with warnings"},
                        {tally.count_of(Verdict::beyond_limits), "filler", "beyond limits"},
                        {tally.count_of(Verdict::damaged), "lost", "damaged"},
                        {tally.unreadable, "dark", "unreadable"}};
  cli::Strip strip(tally.files);
  Html legend;
  std::string words;
  std::uint64_t at = 0;
  for (const Part& part : parts) {
    if (part.files == 0) continue;
    if (!part.look.empty()) strip.mark(at, part.files, part.look);
    at += part.files;
    const std::string text = fmt::format("{} {}", part.files, part.words);
    legend += element("span", part.look.empty() ? "key" : fmt::format("key {}", part.look), {text});
    words += (words.empty() ? "" : ", ") + text;
  }
  if (words.empty()) return element("p", "soft", {"No file in it is a session."});
  Html html = strip.html(words);
  html += element("div", "legend", {legend});
  return html;
}

Html damage_by_kind(const Tally& tally) {
  std::vector<std::vector<Html>> rows;
  for (const KindRow& row : kinds()) {
    if (tally.count_of(row.kind) == 0) continue;
    Html what = element("div", "", {row.summary});
    what += element("div", "soft", {"repair: ", row.repair});
    rows.push_back({element("div", "", {cli::badge(row.id, look_of(row.severity))}),
                    number(tally.count_of(row.kind)), what});
  }
  if (rows.empty()) return {};
  Html html = element("h4", "", {"what was found, and what can be done about it"});
  html += cli::table({{"kind", false, true}, {"found", true}, {"what it is"}}, rows);
  return html;
}

std::string damage_text(const Tally& tally) {
  std::string text;
  if (tally.repairable > 0)
    text += fmt::format("session-repair is for {}; its dry run tells what each would be afterwards. ",
                        counted(tally.repairable, "damaged file"));
  if (tally.beyond_repair > 0) {
    text += fmt::format("It leaves {} alone, whose text is whole and whose values are missing or wrong",
                        counted(tally.beyond_repair, "damaged file"));
    text += tally.fix_options.empty() ? ": restore a backup."
                                      : fmt::format("; {} may help.", fmt::join(tally.fix_options, ", "));
  }
  return text;
}

template <class Histogram>
Html histogram(std::string_view title, std::string_view unit, const Histogram& histogram,
               std::uint64_t unknown) {
  const std::vector<std::string> labels = labels_of(histogram);
  const std::uint64_t most = std::max(histogram.most(), unknown);
  std::vector<std::vector<Html>> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    rows.push_back({labels[i], number(histogram.counts[i]), cli::bar(histogram.counts[i], most)});
  }
  if (unknown > 0) rows.push_back({"unknown", number(unknown), cli::bar(unknown, most)});
  Html html = element("h4", "", {title});
  html += cli::table({{unit, false, true}, {"files", true}, {""}}, rows);
  return element("div", "", {html});
}

std::string clean_text(const StoreStats& stats) {
  if (stats.layout == nullptr) return "Nothing: what is of no known layout always stays.";
  if (!can_expire(stats)) return "No session in it ever expires.";
  const std::string rule = fmt::format("of {}: what nobody used for more than {}.",
                                       counted(stats.sessions, "session"), format_duration(stats.ttl));
  if (stats.braked)
    return fmt::format("Nothing {} So many are stale that maxDelete lets none of them go.", rule);
  return fmt::format("{} ({}) {}", stats.to_go, cli::describe_bytes(stats.to_go_bytes), rule);
}

Html next_clean(const StoreStats& stats) {
  Html html = element("h4", "", {"what the next clean-up would remove"});
  html += element("p", "", {clean_text(stats)});
  if (stats.temps_to_go > 0) {
    html += element("p", "",
                    {counted(stats.temps_to_go, "temporary", "temporaries"),
                     " too, left by writers that died beside sessions that are whole."});
  }
  std::vector<std::vector<Html>> rows;
  for (std::size_t i = 0; i < stats.kept.size(); ++i) {
    const auto reason = static_cast<Reason>(i);
    if (stats.kept[i] > 0) rows.push_back({name_of(reason), number(stats.kept[i]), because_of(reason)});
  }
  if (rows.empty()) return html;
  html += element("h4", "", {"what it would keep"});
  html += cli::table({{"reason", false, true}, {"files", true}, {"because"}}, rows);
  return html;
}

Html errors(const StoreStats& stats) {
  if (stats.errors.empty()) return {};
  std::vector<Html> lines;
  for (const Error& error : stats.errors) lines.emplace_back(describe(error));
  if (stats.errors_left_out > 0) {
    lines.emplace_back(fmt::format("and {} more", counted(stats.errors_left_out, "error")));
  }
  Html html = element("h4", "", {"what could not be looked at"});
  html += cli::box(lines);
  return html;
}

/// What stands beside the name of a store, in a word or two.
Html state(const StoreStats& stats) {
  const Tally& tally = stats.tally;
  if (stats.failed) return cli::badge("not looked at", "bad");
  if (stats.missing) return cli::badge("not there", "");
  if (tally.count_of(Verdict::damaged) > 0)
    return cli::badge(fmt::format("{} damaged", tally.count_of(Verdict::damaged)), "bad");
  if (tally.unreadable > 0) return cli::badge(fmt::format("{} unreadable", tally.unreadable), "bad");
  return tally.files == 0 ? cli::badge("no sessions", "") : cli::badge("no damage", "good");
}

Html card(const StoreStats& stats) {
  const Tally& tally = stats.tally;
  Html inside = element("div", "top", {element("h3", "", {stats.path}), state(stats)});
  if (stats.missing) {
    inside += element("p", "", {"Nothing was ever saved in it, or it was moved."});
    return element("section", "card", {inside});
  }
  if (stats.failed) return element("section", "card", {inside, errors(stats)});
  inside +=
      element("p", "soft",
              {stats.layout == nullptr ? "no known layout" : fmt::format("layout {}", stats.layout->name),
               " · ", counted(tally.files, "file"), ", ", cli::describe_bytes(tally.bytes), ", ",
               counted(tally.records, "record"),
               tally.artifacts > 0
                   ? fmt::format(" · {} lying around: temporaries, locks, what repairs left", tally.artifacts)
                   : std::string()});
  inside += verdicts(tally);
  inside += damage_by_kind(tally);
  if (const std::string text = damage_text(tally); !text.empty()) inside += element("p", "", {text});
  if (tally.files > 0) {
    inside += element("div", "halves",
                      {histogram("how large", "size", stats.sizes, 0),
                       histogram("how long since the last use", "age", stats.ages, stats.undated)});
  }
  inside += next_clean(stats);
  inside += errors(stats);
  return element("section", "card", {inside});
}

}  // namespace

void StatsPage::add(const StoreStats& stats) {
  cards_ += card(stats);
  absent_ += stats.missing ? 1 : 0;
  failed_ += stats.failed ? 1 : 0;
  if (stats.missing || stats.failed) return;
  ++stores_;
  const Tally& tally = stats.tally;
  total_.files += tally.files;
  total_.bytes += tally.bytes;
  total_.unreadable += tally.unreadable;
  for (std::size_t i = 0; i < tally.verdicts.size(); ++i) total_.verdicts[i] += tally.verdicts[i];
  to_go_ += stats.to_go;
  to_go_bytes_ += stats.to_go_bytes;
  if (tally.count_of(Verdict::ok) < tally.files || tally.artifacts > 0) to_verify_.push_back(stats.path);
  if (tally.repairable > 0 || tally.count_of(Kind::orphan_temp) > 0) to_repair_.push_back(stats.path);
  if (!tally.fix_options.empty()) to_fix_.push_back(stats.path);
  fix_options_.insert(tally.fix_options.begin(), tally.fix_options.end());
  if (stats.to_go + stats.temps_to_go > 0 || stats.braked) to_clean_.push_back(stats.path);
  if (stats.layout == nullptr) unknown_.push_back(stats.path);
}

Html StatsPage::figures() const {
  const std::uint64_t damaged = total_.count_of(Verdict::damaged);
  const std::uint64_t warned = total_.count_of(Verdict::warn) + total_.count_of(Verdict::beyond_limits);
  Html all = cli::figure(number(stores_), stores_ == 1 ? "store" : "stores", "");
  all += cli::figure(number(total_.files), total_.files == 1 ? "file" : "files", "");
  all += cli::figure(cli::describe_bytes(total_.bytes), "in them", "");
  all += cli::figure(number(total_.count_of(Verdict::ok)), "ok", "");
  all += cli::figure(number(warned), "with warnings or beyond limits", look_of(warned, "warning"));
  all += cli::figure(number(damaged), "damaged", look_of(damaged, "bad"));
  if (total_.unreadable > 0) all += cli::figure(number(total_.unreadable), "unreadable", "bad");
  if (failed_ > 0) all += cli::figure(number(failed_), "stores not looked at", "bad");
  if (absent_ > 0) all += cli::figure(number(absent_), "stores not there", "");
  all += cli::figure(number(to_go_), "that the next clean-up would remove", look_of(to_go_, "warning"));
  all += cli::figure(cli::describe_bytes(to_go_bytes_), "that it would free", "");
  return element("div", "figures", {all});
}

Html StatsPage::what_now() const {
  cli::Steps steps;
  const auto add = [&](std::string_view why, const std::string& command,
                       const std::vector<std::string>& places) {
    if (!places.empty()) steps.add(why, command + cli::path_words(places));
  };
  add("what is wrong with each file, and where in it", commands_.verify, to_verify_);
  add("what a repair would do, and what would be lost", commands_.repair, to_repair_);
  add("what further fixes would do", fmt::format("{} {}", commands_.repair, fmt::join(fix_options_, " ")),
      to_fix_);
  add("what a clean-up would remove, one by one", commands_.clean, to_clean_);
  add("whose sessions these may be", "session-verify --detect", unknown_);
  Html html = element("h2", "", {"What to do next"});
  if (steps.empty()) return html += element("p", "", {"Nothing: no damage, and nothing is stale."});
  html += element("p", "", {"None of these changes anything: they show what would be done."});
  return html += steps.html();
}

std::string StatsPage::html() const {
  Html body = figures();
  body += what_now();
  body += element("h2", "", {"The stores"});
  body += cards_;
  return cli::html_page("Session stores at a glance",
                        fmt::format("As they were at {}; nothing was changed.", format_rfc3339(when_)), body);
}

}  // namespace session::commands
