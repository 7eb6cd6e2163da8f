#include "commands/repair/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/quantity.h"
#include "cli/shell.h"
#include "commands/repair/edits.h"
#include "commands/repair/report.h"

namespace session::commands {
namespace {

using cli::box;
using cli::counted;
using cli::element;
using cli::Html;

// A person reads some, and a browser must show all: the rest is in the machine formats.
constexpr std::uint64_t k_most_cards = 500;
constexpr std::size_t k_most_rows = 25;
constexpr std::size_t k_most_edits = 50;

std::string number(std::uint64_t value) { return std::to_string(value); }

std::string_view look_of(std::string_view outcome, const RepairPlan& plan) {
  if (outcome == "repaired" || outcome == "would-repair") return plan.loss.lossless ? "good" : "warning";
  if (outcome == "promoted" || outcome == "would-promote" || outcome == "healthy") return "good";
  return "bad";
}

std::string sibling(const RepairAnswer& answer, const Name& name) {
  const std::size_t slash = answer.path.rfind('/');
  return slash == std::string::npos ? name : answer.path.substr(0, slash + 1) + name;
}

std::string command_again(const RepairRun& run) {
  return run.level.empty() ? run.command : run.command + " --level " + run.level;
}

/// Whether the owner of the file would refuse what stands in its place, or would.
bool would_be_refused(const RepairAnswer& answer) {
  return answer.plan.status == RepairStatus::repaired && answer.plan.after.verdict == Verdict::damaged;
}

/// What was done, or what keeps it from being done, in a sentence.
std::string verdict_text(const RepairAnswer& answer, Doing doing) {
  const RepairPlan& plan = answer.plan;
  const std::string_view outcome = outcome_of(answer, doing);
  if (answer.error) return describe(*answer.error);
  if (outcome == "left-alone") return "An earlier repair made this file; it is left as it is.";
  if (outcome == "promoted") return "Its session was gone; this temporary is the session now.";
  if (outcome == "would-promote") return "Its session is gone; this temporary would become it.";
  if (outcome == "unloadable") return "What is left of it would not load in the program it belongs to.";
  if (outcome == "over-budget")
    return "It can be repaired, but only with more loss than --accept-loss allows.";
  if (outcome == "quarantined")
    return "Nothing in it can be read as a session. The original was moved aside.";
  if (outcome == "would-quarantine")
    return "Nothing in it can be read as a session. It would be moved aside.";
  if (outcome == "damage-remains") return fmt::format("It was not touched: {}.", reason_to_leave(plan));
  if (would_be_refused(answer))
    return "Its text is whole, but lacks what the program it belongs to asks for.";
  if (plan.loss.lossless) return "Everything that a reader would look for is still there.";
  return plan.lost_bytes() > 0 ? "What could not be kept is listed below."
                               : "Nothing was dropped, but something was missing: compare it with the copy.";
}

Html strip_of(const RepairAnswer& answer) {
  const RepairPlan& plan = answer.plan;
  if (plan.dropped.empty() || answer.bytes == 0 || !plan.source.empty()) return {};
  cli::Strip strip(answer.bytes);
  std::uint64_t lost = 0;
  std::uint64_t filler = 0;
  for (const DroppedRange& range : plan.dropped) {
    if (!range.lost) strip.mark(range.offset, range.length, "filler");
    (range.lost ? lost : filler) += range.length;
  }
  // Above the rest: a short loss in a long filler must be seen.
  for (const DroppedRange& range : plan.dropped) {
    if (range.lost) strip.mark(range.offset, range.length, "lost");
  }
  const std::uint64_t kept = answer.bytes - lost - filler;
  const auto key = [](std::string_view look, std::uint64_t bytes, std::string_view words) {
    return element("span", look, {fmt::format("{} {}", cli::describe_bytes(bytes), words)});
  };
  Html legend = key("key", kept, "kept");
  if (lost > 0) legend += key("key lost", lost, "lost");
  if (filler > 0) legend += key("key filler", filler, "filler, duplicates and separators left out");
  Html html = strip.html(fmt::format(
      "The file from its first to its last byte: {} bytes kept, {} lost, {} left out", kept, lost, filler));
  html += element("div", "legend", {legend});
  return html;
}

std::string kinds_text(const Diagnosis& diagnosis) {
  std::map<std::string_view, std::uint64_t> kinds;
  for (const Finding& finding : diagnosis.findings) ++kinds[id_of(finding.kind)];
  std::string text;
  for (const auto& [kind, count] : kinds) {
    text +=
        fmt::format("{}{}{}", text.empty() ? "" : ", ", kind, count > 1 ? fmt::format(" ×{}", count) : "");
  }
  return text.empty() ? "nothing" : text;
}

Html before_after(const RepairAnswer& answer, Doing doing) {
  const RepairPlan& plan = answer.plan;
  const bool has_after = answer.bytes_after > 0;
  const auto after = [&](const std::string& text) { return has_after ? Html(text) : Html("–"); };
  return cli::table({{""}, {"before"}, {doing == Doing::planning ? "it would be" : "after"}},
                    {{"bytes", number(answer.bytes), after(number(answer.bytes_after))},
                     {plan.before.format == Format::json ? "documents" : "whole records",
                      number(plan.before.records), after(number(plan.after.records))},
                     {"found", kinds_text(plan.before), after(kinds_text(plan.after))}});
}

Html lost_ranges(const RepairPlan& plan) {
  std::vector<std::vector<Html>> rows;
  std::size_t more = 0;
  for (const DroppedRange& range : plan.dropped) {
    if (!range.lost) continue;
    if (rows.size() == k_most_rows) {
      ++more;
      continue;
    }
    rows.push_back(
        {number(range.offset), number(range.length), id_of(range.because), row_of(range.because).summary});
  }
  if (rows.empty()) return {};
  Html html = element("h4", "", {"what was lost, and where"});
  html += cli::table({{"at byte", true}, {"bytes", true}, {"kind"}, {""}}, rows);
  if (more > 0) {
    html += element("p", "soft",
                    {fmt::format("and {} more: all are in the machine formats (--format json).",
                                 counted(more, "range"))});
  }
  return html;
}

Html rebuilt_fields(const RepairPlan& plan) {
  if (plan.rebuilt.empty()) return {};
  std::vector<std::vector<Html>> rows;
  for (const RebuiltField& field : plan.rebuilt) rows.push_back({field.field, field.source});
  Html html = element("h4", "", {"fields that were made again"});
  html += cli::table({{"field"}, {"taken from"}}, rows);
  return html;
}

Html findings_that_block(const RepairAnswer& answer) {
  const RepairPlan& plan = answer.plan;
  const Diagnosis& diagnosis = plan.status == RepairStatus::beyond_text ? plan.before : plan.after;
  std::vector<std::vector<Html>> rows;
  for (const Finding& finding : diagnosis.findings) {
    if (severity_of(finding) != Severity::error || rows.size() == k_most_rows) continue;
    rows.push_back({id_of(finding.kind), finding.detail, number(finding.line)});
  }
  if (rows.empty()) return {};
  Html html = element("h4", "", {"what is still wrong"});
  html += cli::table({{"kind"}, {"field or place"}, {"line", true}}, rows);
  return html;
}

}  // namespace

void RepairPage::add(const RepairAnswer& answer) {
  if (answer.skipped) return;
  const std::string_view outcome = outcome_of(answer, run_.doing);
  const auto count = [](std::uint64_t& total, bool counts) {
    if (counts) ++total;
  };
  count(totals_.files, !answer.continues);
  count(totals_.failed, answer.error.has_value());
  count(totals_.healthy, outcome == "healthy");
  if (outcome == "healthy") return;
  const bool done = outcome == "repaired" || outcome == "would-repair" || outcome == "promoted" ||
                    outcome == "would-promote";
  const bool aside = outcome == "quarantined" || outcome == "would-quarantine";
  count(totals_.repaired, done && !answer.continues);
  count(totals_.quarantined, aside);
  count(totals_.remaining, (!done && !aside && !answer.error) || would_be_refused(answer));
  if (done) {
    totals_.records += answer.plan.loss.records_dropped;
    totals_.values += answer.plan.loss.values_dropped;
    totals_.bytes += answer.plan.lost_bytes();
  }
  if (cards_shown_ == k_most_cards) {
    ++cards_left_out_;
    return;
  }
  ++cards_shown_;
  cards_ += card(answer);
}

Html RepairPage::card(const RepairAnswer& answer) const {
  const RepairPlan& plan = answer.plan;
  const std::string_view outcome = outcome_of(answer, run_.doing);
  std::string words(outcome);
  std::replace(words.begin(), words.end(), '-', ' ');
  const bool changes = plan.status == RepairStatus::repaired && answer.promoted_to.empty();
  Html inside =
      element("div", "top", {element("h3", "", {answer.path}), cli::badge(words, look_of(outcome, plan))});
  if (!plan.strategy.empty() && plan.status != RepairStatus::unrepairable) {
    inside += element("p", "soft",
                      {plan.strategy, ": ", loss_text(plan),
                       plan.source.empty() ? "" : fmt::format("; taken from {}", plan.source)});
  }
  inside += element("p", "", {verdict_text(answer, run_.doing)});
  inside += strip_of(answer);
  if (!answer.error && answer.promoted_to.empty()) inside += before_after(answer, run_.doing);
  if (changes) inside += lost_ranges(plan);
  inside += rebuilt_fields(plan);
  inside += findings_that_block(answer);
  if (run_.shows_edits && changes) inside += edits(answer);
  inside += next_steps(answer);
  return element("section", "card", {inside});
}

Html RepairPage::edits(const RepairAnswer& answer) const {
  Html html = element("h4", "", {"each place that changes"});
  std::size_t shown = 0;
  for (const RepairEdit& edit : edits_of(answer.original, answer.plan)) {
    if (++shown > k_most_edits) {
      html += element("p", "soft", {"and more: see --diff on a terminal."});
      break;
    }
    const EditText sides = text_of(edit, answer.original, answer.plan.content);
    html += box({element("span", "soft",
                         {fmt::format("line {}, byte {}: -{} +{} bytes", edit.line, edit.offset, edit.removed,
                                      edit.inserted.size())}),
                 element("span", "bad", {"- ", sides.before}), element("span", "good", {"+ ", sides.after})});
  }
  return html;
}

Html RepairPage::next_steps(const RepairAnswer& answer) const {
  const auto words = [](const std::string& path) { return cli::path_words({path}); };
  cli::Steps steps;
  const auto step = [&](std::string_view why, const std::string& command) { steps.add(why, command); };
  const std::string own = words(answer.path);
  const std::string_view outcome = outcome_of(answer, run_.doing);
  if (!answer.hint.empty()) step(answer.hint, command_again(run_) + own);
  if (!answer.sidecar.empty())
    step("what was lost, with its offsets", "less" + words(sibling(answer, answer.sidecar)));
  if (!answer.copy.empty()) {
    step("to go back: stop the agent, then",
         "mv" + cli::path_words({sibling(answer, answer.copy), answer.path}));
  }
  if (outcome == "over-budget") step("to accept the loss", command_again(run_) + " --accept-loss any" + own);
  const bool lacks_fields = outcome == "unloadable" || would_be_refused(answer);
  if (lacks_fields || outcome == "damage-remains") {
    const std::string back =
        answer.replaced && !answer.copy.empty()
            ? "mv" + cli::path_words({sibling(answer, answer.copy), answer.path}) + " && "
            : "";
    if (lacks_fields)
      step("an older copy may have what is missing", back + command_again(run_) + " --from COPY" + own);
    const bool may_help =
        outcome == "damage-remains" ? !answer.plan.other_format : !answer.plan.offered.empty();
    if (may_help && run_.command.find("--rebuild-header") == std::string::npos) {
      step("to make lost fields again where the file and its name tell them",
           command_again(run_) + " --rebuild-header" + own);
    }
  }
  if (outcome == "unloadable")
    step("to have its text repaired all the same", run_.command + " --level syntax" + own);
  if (outcome == "would-promote") step("to put it in place", command_again(run_) + own);
  if (!answer.quarantined.empty()) {
    step("the original", "ls -l" + words(sibling(answer, answer.quarantined)));
  }
  if (steps.empty()) return {};
  Html html = element("h4", "", {"next"});
  html += steps.html();
  return html;
}

Html RepairPage::figures() const {
  const bool planning = run_.doing == Doing::planning;
  const auto look = [](std::uint64_t count, std::string_view some) {
    return count > 0 ? some : std::string_view();
  };
  return element(
      "div", "figures",
      {cli::figure(number(totals_.files), totals_.files == 1 ? "file looked at" : "files looked at", ""),
       cli::figure(number(totals_.healthy), "healthy, left as they are", ""),
       cli::figure(number(totals_.repaired), planning ? "would be repaired" : "repaired",
                   look(totals_.repaired, "good")),
       cli::figure(number(totals_.quarantined), planning ? "would be moved aside" : "moved aside",
                   look(totals_.quarantined, "warning")),
       cli::figure(number(totals_.remaining), "still damaged", look(totals_.remaining, "bad")),
       cli::figure(number(totals_.failed), "failed", look(totals_.failed, "bad")),
       cli::figure(number(totals_.records),
                   totals_.records == 1 ? "record or message lost" : "records or messages lost",
                   look(totals_.records, "warning")),
       cli::figure(number(totals_.values),
                   totals_.values == 1 ? "value lost, or more" : "values lost, or more",
                   look(totals_.values, "warning")),
       cli::figure(number(totals_.bytes), "bytes lost with them", look(totals_.bytes, "warning"))});
}

Html RepairPage::what_now() const {
  cli::Steps steps;
  const bool any = totals_.repaired + totals_.quarantined > 0;
  if (run_.doing == Doing::planning && any)
    steps.add("nothing was changed yet; to carry this out",
              command_again(run_) + cli::path_words(run_.places));
  steps.add("to see what state the sessions are in", run_.verify_command + cli::path_words(run_.places));
  Html html = element("h2", "", {"What to do next"});
  html += steps.html();
  if (run_.doing == Doing::repairing && any) {
    html += element("p", "",
                    {"Start the agent and look at the sessions below. Keep the copies until you are content "
                     "with them."});
  }
  return html;
}

std::string RepairPage::html() const {
  const bool planning = run_.doing == Doing::planning;
  std::string lead = planning ? "A plan: nothing was changed. " : "";
  for (const std::string& place : run_.places) lead += place + " ";
  lead += "· " + format_rfc3339(run_.when);
  Html body = figures();
  body += what_now();
  if (!cards_.empty()) body += element("h2", "", {planning ? "What would be done" : "What was done"});
  body += cards_;
  if (cards_left_out_ > 0) {
    body += element("p", "soft",
                    {fmt::format("{} more are in the machine formats (--format json).",
                                 counted(cards_left_out_, "file"))});
  }
  return cli::html_page(planning ? "Repair plan" : "Repair report", lead, body);
}

}  // namespace session::commands
