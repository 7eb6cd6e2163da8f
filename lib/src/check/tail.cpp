#include "check/tail.h"

#include <algorithm>

#include "session/check.h"

namespace session {
namespace {

/// An object or an array.
bool is_record(ByteView line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == ByteView::npos || (line[first] != '{' && line[first] != '[')) return false;
  return parses_strictly(line, Format::json);
}

bool begins_record(ByteView line) { return line.starts_with('{') || line.starts_with('['); }

Diagnosis diagnose_line(ByteView line) {
  CheckOptions options;
  options.level = Level::syntax;
  options.format = Format::json_lines;
  return diagnose(line, options);
}

/// Several whole records on one line: repair parts them; nothing about them is torn.
bool is_glued(ByteView line) {
  if (!begins_record(line)) return false;
  const Diagnosis diagnosis = diagnose_line(line);
  if (diagnosis.verdict != Verdict::damaged || diagnosis.findings_left_out != 0) return false;
  return std::ranges::all_of(diagnosis.findings, [](const Finding& finding) {
    return finding.kind == Kind::glued || row_of(finding.kind).severity != Severity::error;
  });
}

}  // namespace

bool holds_whole_records(ByteView line) { return is_record(line) || is_glued(line); }

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

ByteView without_padding(ByteView line) {
  const std::size_t last = line.find_last_not_of('\0');
  return line.substr(0, last == ByteView::npos ? 0 : last + 1);
}

Tail judge_tail(ByteView line, Newline newline) {
  // At the beginning of the file a byte order mark is a flaw, and no reason to move the first record away.
  constexpr ByteView k_byte_order_mark = "\xEF\xBB\xBF";
  if (line.starts_with(k_byte_order_mark)) line.remove_prefix(k_byte_order_mark.size());
  if (newline == Newline::missing) {
    if (line.empty()) return Tail::sound;
    const ByteView text = without_padding(line);
    return holds_whole_records(text) ? Tail::whole_record : Tail::cut;
  }
  const bool blank = line.find_first_not_of(" \t\r") == ByteView::npos;
  return blank || parses_strictly(line, Format::json) || is_glued(line) ? Tail::sound : Tail::cut;
}

}  // namespace session
