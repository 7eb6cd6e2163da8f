#include "cli/report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"

namespace session::cli {
namespace {

/// The width of a strip in its own units: finer than any screen shows it.
constexpr unsigned k_strip_width = 2'000;
constexpr unsigned k_least_mark = 10;

constexpr std::string_view k_style = R"(
:root { color-scheme: light dark;
  --ground: #fbfbfa; --paper: #ffffff; --ink: #1c1d21; --soft: #5c6069; --line: #dcdde2;
  --good: #1f7a43; --good-ground: #e2f3e8; --warning: #8a5a00; --warning-ground: #fbefd5;
  --bad: #b3261e; --bad-ground: #fbe4e2; --kept: #7fb894; --lost: #d4473d; --filler: #c3c6ce; --amber: #d9a53f; --box: #f1f1f4; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #141518; --paper: #1c1e22; --ink: #e6e7ea; --soft: #a0a4ad; --line: #33363d;
  --good: #7fd6a0; --good-ground: #173524; --warning: #efc26b; --warning-ground: #3a2d10;
  --bad: #ff9a90; --bad-ground: #461f1c; --kept: #3f7a57; --lost: #e5645a; --filler: #565b66; --amber: #b0852c; --box: #26282e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; font-weight: 600; }
h4 { font-size: .8rem; margin: 1.1rem 0 .35rem; color: var(--soft); text-transform: uppercase; letter-spacing: .04em; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.lead, .soft { color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 45%), 1fr)); gap: .6rem; margin: 1.25rem 0; }
.figure { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.figure b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figure span { color: var(--soft); font-size: .85rem; }
.figure.good b { color: var(--good); } .figure.warning b { color: var(--warning); } .figure.bad b { color: var(--bad); }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin: 0 0 1rem; }
.top { display: flex; flex-wrap: wrap; gap: .3rem .6rem; align-items: baseline; justify-content: space-between; }
.badge { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font-size: .8rem; white-space: nowrap;
  background: var(--box); color: var(--soft); }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.warning { background: var(--warning-ground); color: var(--warning); }
.badge.bad { background: var(--bad-ground); color: var(--bad); }
.strip { display: block; width: 100%; height: 1.4rem; margin: .7rem 0 .35rem; border-radius: .25rem; }
.strip .all { fill: var(--kept); } .strip .lost { fill: var(--lost); } .strip .filler { fill: var(--filler); }
.strip .warning { fill: var(--amber); } .strip .dark { fill: var(--soft); }
.bar { display: block; width: 100%; min-width: 4rem; height: .8rem; margin-top: .3rem; } .bar rect { fill: var(--kept); }
.halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 0 2rem; }
.legend { font-size: .85rem; color: var(--soft); display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
.key::before { content: ""; display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem; margin-right: .4rem;
  vertical-align: -.08rem; background: var(--kept); }
.key.lost::before { background: var(--lost); } .key.filler::before { background: var(--filler); }
.key.warning::before { background: var(--amber); } .key.dark::before { background: var(--soft); }
.scroll { overflow-x: auto; margin-top: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 500; }
th, td { padding: .25rem 1.1rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
td { overflow-wrap: break-word; } .narrow { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { background: var(--box); border-radius: .35rem; padding: .55rem .7rem; margin: .35rem 0; font-size: .85rem;
  font-family: ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
pre .bad { color: var(--bad); } pre .good { color: var(--good); } pre .soft { color: var(--soft); }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
@media print { body { background: none; } .card { break-inside: avoid; } }
)";

std::string escaped(std::string_view text) {
  std::string markup;
  for (const char c : text) {
    switch (c) {
      case '&': markup += "&amp;"; break;
      case '<': markup += "&lt;"; break;
      case '>': markup += "&gt;"; break;
      case '"': markup += "&quot;"; break;
      case '\'': markup += "&#39;"; break;
      default: markup += c;
    }
  }
  return markup;
}

}  // namespace

Html::Html(std::string_view text) : markup_(escaped(escape_for_terminal(text))) {}

Html& Html::operator+=(const Html& more) {
  markup_ += more.markup_;
  return *this;
}

Html element(std::string_view tag, std::string_view look, std::initializer_list<Html> inside) {
  Html html;
  html.markup_ = look.empty() ? fmt::format("<{}>", tag) : fmt::format("<{} class=\"{}\">", tag, look);
  for (const Html& each : inside) html += each;
  html.markup_ += fmt::format("</{}>", tag);
  return html;
}

Html figure(std::string_view number, std::string_view words, std::string_view look) {
  const std::string classes = look.empty() ? "figure" : fmt::format("figure {}", look);
  return element("div", classes, {element("b", "", {number}), element("span", "", {words})});
}

Html badge(std::string_view word, std::string_view look) {
  return element("span", look.empty() ? "badge" : fmt::format("badge {}", look), {word});
}

Html box(const std::vector<Html>& lines) {
  Html all;
  for (const Html& line : lines) {
    all += line;
    all.markup_ += '\n';
  }
  return element("pre", "", {all});
}

Html bar(std::uint64_t part, std::uint64_t most) {
  constexpr std::uint64_t k_width = 1'000;
  const double share = most == 0 ? 0 : static_cast<double>(part) / static_cast<double>(most);
  auto width = static_cast<std::uint64_t>(share * k_width);
  if (part > 0) width = std::max<std::uint64_t>(width, k_width / 100);
  Html html;
  html.markup_ = fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 {} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<rect width=\"{}\" height=\"10\"/></svg>",
      k_width, width);
  return html;
}

void Steps::add(std::string_view why, std::string_view command) {
  lines_.push_back(element("span", "soft", {"# ", why}));
  lines_.emplace_back(command);
}

Html table(const std::vector<Column>& columns, const std::vector<std::vector<Html>>& rows) {
  const auto look = [&](std::size_t column) {
    return columns[column].number ? "number" : columns[column].narrow ? "narrow" : "";
  };
  Html head;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    head.markup_ +=
        fmt::format("<th scope=\"col\" class=\"{}\">{}</th>", look(i), Html(columns[i].heading).markup());
  }
  Html body;
  for (const std::vector<Html>& row : rows) {
    Html cells;
    for (std::size_t i = 0; i < row.size(); ++i) cells += element("td", look(i), {row[i]});
    body += element("tr", "", {cells});
  }
  const Html whole =
      element("table", "", {element("thead", "", {element("tr", "", {head})}), element("tbody", "", {body})});
  Html html;
  // In the order of the keyboard: what is too wide for a screen must be reached without a mouse.
  html.markup_ = fmt::format("<div class=\"scroll\" tabindex=\"0\">{}</div>", whole.markup());
  return html;
}

void Strip::mark(std::uint64_t offset, std::uint64_t length, std::string_view look) {
  if (whole_ == 0) return;
  const auto at = [this](std::uint64_t byte) {
    const double part = static_cast<double>(std::min(byte, whole_)) / static_cast<double>(whole_);
    return static_cast<unsigned>(part * k_strip_width);
  };
  Mark mark{at(offset), at(offset + length), look};
  mark.to = std::max(mark.to, std::min(mark.from + k_least_mark, k_strip_width));
  mark.from = std::min(mark.from, k_strip_width - k_least_mark);
  // Of thousands of damages as many are drawn as can be told apart.
  if (!marks_.empty() && marks_.back().look == look && mark.from <= marks_.back().to) {
    marks_.back().to = std::max(marks_.back().to, mark.to);
  } else {
    marks_.push_back(mark);
  }
}

Html Strip::html(std::string_view words) const {
  Html html;
  html.markup_ = fmt::format(
      "<svg class=\"strip\" viewBox=\"0 0 {0} 10\" preserveAspectRatio=\"none\" role=\"img\">"
      "<title>{1}</title><rect class=\"all\" width=\"{0}\" height=\"10\"/>",
      k_strip_width, Html(words).markup());
  for (const Mark& mark : marks_) {
    html.markup_ += fmt::format("<rect class=\"{}\" x=\"{}\" width=\"{}\" height=\"10\"/>", mark.look,
                                mark.from, mark.to - mark.from);
  }
  html.markup_ += "</svg>";
  return html;
}

std::string html_page(std::string_view title, const Html& lead, const Html& body) {
  const Html heading(title);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>\n<p "
      "class=\"lead\">{}</p>\n{}\n"
      "</main>\n</body>\n</html>\n",
      heading.markup(), k_style, heading.markup(), lead.markup(), body.markup());
}

}  // namespace session::cli
