#include "check/tail.h"

#include <algorithm>

#include "session/check.h"

namespace session {

bool is_record(ByteView line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == ByteView::npos || (line[first] != '{' && line[first] != '[')) return false;
  return parses_strictly(line, Format::json);
}

namespace {

/// Several whole records on one line: repair parts them; nothing about them is torn.
bool is_glued(ByteView line) {
  if (!line.starts_with('{') && !line.starts_with('[')) return false;
  CheckOptions options;
  options.level = Level::syntax;
  options.format = Format::json_lines;
  const Diagnosis diagnosis = diagnose(line, options);
  if (diagnosis.verdict != Verdict::damaged || diagnosis.findings_left_out != 0) return false;
  return std::ranges::all_of(diagnosis.findings, [](const Finding& finding) {
    return finding.kind == Kind::glued || row_of(finding.kind).severity != Severity::error;
  });
}

}  // namespace

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
    return is_record(text) || is_glued(text) ? Tail::whole_record : Tail::cut;
  }
  const bool blank = line.find_first_not_of(" \t\r") == ByteView::npos;
  return blank || parses_strictly(line, Format::json) || is_glued(line) ? Tail::sound : Tail::cut;
}

}  // namespace session
