#include "check/tail.h"

#include <algorithm>

#include "session/check.h"

namespace session {
namespace {

constexpr ByteView k_blanks = " \t\r";
/// In a line so long that it begins with more objects the rest is not looked at.
constexpr int k_most_beginnings = 64;

bool is_blank(ByteView line) { return line.find_first_not_of(k_blanks) == ByteView::npos; }

/// Of an object or an array.
bool begins_record(ByteView line) {
  const std::size_t first = line.find_first_not_of(k_blanks);
  return first != ByteView::npos && (line[first] == '{' || line[first] == '[');
}

bool ends_like_record(ByteView line) {
  const std::size_t last = line.find_last_not_of(k_blanks);
  return last != ByteView::npos && (line[last] == '}' || line[last] == ']');
}

bool is_record(ByteView line) { return begins_record(line) && parses_strictly(line, Format::json); }

Diagnosis diagnose_line(ByteView line) {
  CheckOptions options;
  options.level = Level::syntax;
  options.format = Format::json_lines;
  return diagnose(line, options);
}

/// Whether nothing worse than that, of `kind`, is wrong with it.
bool is_only(const Diagnosis& diagnosis, Kind kind) {
  if (diagnosis.verdict != Verdict::damaged || diagnosis.findings_left_out != 0) return false;
  return std::ranges::all_of(diagnosis.findings, [kind](const Finding& finding) {
    return finding.kind == kind || row_of(finding.kind).severity != Severity::error;
  });
}

/// Several whole records on one line: repair parts them; nothing about them is torn.
bool is_glued(ByteView line) { return begins_record(line) && is_only(diagnose_line(line), Kind::glued); }

std::size_t whole_records_at_begin(ByteView line) {
  if (!begins_record(line)) return 0;
  std::size_t last_record = 0;
  std::size_t damage = line.size();
  for (const Finding& finding : diagnose_line(line).findings) {
    const auto at = static_cast<std::size_t>(finding.offset);
    if (finding.kind == Kind::glued) {
      last_record = std::max(last_record, at);
    } else if (row_of(finding.kind).severity == Severity::error) {
      damage = std::min(damage, at);
    }
  }
  // It is behind the last record, or inside of it.
  for (const std::size_t end : {damage, last_record}) {
    if (holds_whole_records(line.substr(0, end))) return end;
  }
  return 0;
}

/// Whether a whole record stands behind what is damaged.
bool holds_record_behind(ByteView line) {
  std::size_t at = line.find('{', 1);
  for (int looked_at = 0; at != ByteView::npos && looked_at < k_most_beginnings; ++looked_at) {
    if (is_record(line.substr(at)) || whole_records_at_begin(line.substr(at)) > 0) return true;
    at = line.find('{', at + 1);
  }
  return false;
}

/// Whether repair may find a whole record in what is no record as it stands. A cut one ends in values that
/// look like records, and is none.
bool holds_repairable_record(ByteView line) {
  const Diagnosis diagnosis = diagnose_line(line);
  if (begins_record(line) && is_only(diagnosis, Kind::torn_tail)) return false;
  const bool is_complete =
      begins_record(line) && ends_like_record(line) && line.find('\0') == ByteView::npos &&
      std::ranges::none_of(diagnosis.findings,
                           [](const Finding& finding) { return finding.kind == Kind::torn_tail; });
  return is_complete || holds_record_behind(line);
}

}  // namespace

bool holds_whole_records(ByteView line) { return is_record(line) || is_glued(line); }

ByteView without_padding(ByteView line) {
  const std::size_t last = line.find_last_not_of('\0');
  return line.substr(0, last == ByteView::npos ? 0 : last + 1);
}

TailJudgement judge_tail(ByteView line, Newline newline) {
  // At the beginning of the file a byte order mark is a flaw, and no reason to move the first record away.
  const std::size_t mark = line.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
  const ByteView text = without_padding(line.substr(mark));
  if (newline == Newline::missing) {
    if (line.size() == mark) return {Tail::sound};
    if (is_blank(text)) return {Tail::cut};
    if (holds_whole_records(text)) return {Tail::whole_record};
  } else {
    const bool is_padded = text.size() + mark < line.size();
    if (is_blank(text)) return {is_padded ? Tail::cut : Tail::sound};
    if (!is_padded && (holds_whole_records(text) || parses_strictly(text, Format::json)))
      return {Tail::sound};
  }
  const std::size_t whole = whole_records_at_begin(text);
  const ByteView rest = text.substr(whole);
  if (!is_blank(rest) && holds_repairable_record(rest)) return {Tail::damaged};
  return {Tail::cut, whole == 0 ? 0 : mark + whole};
}

}  // namespace session
