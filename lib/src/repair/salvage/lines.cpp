#include "repair/salvage/lines.h"

#include <algorithm>

namespace session::repair {
namespace {

ByteView without_blanks(ByteView text) {
  constexpr ByteView k_blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(k_blanks);
  if (first == ByteView::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

}  // namespace

std::vector<RecordText> records_of(ByteView text, Format format) {
  std::vector<RecordText> records;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end =
        format == Format::json ? text.size() : std::min(text.find('\n', begin), text.size() - 1) + 1;
    const ByteView value = without_blanks(text.substr(begin, end - begin));
    if (!value.empty()) records.push_back({begin, end, value});
    begin = end;
  }
  return records;
}

std::vector<ByteView> lines_at(ByteView text, std::size_t from, std::size_t to) {
  std::vector<ByteView> lines;
  for (std::size_t at = text.substr(0, from).rfind('\n') + 1; at <= to;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

bool is_repeated(ByteView line, ByteView text, LineMatch match) {
  std::size_t count = 0;
  for (std::size_t at = text.find(line); at != ByteView::npos && count < 2; at = text.find(line, at + 1)) {
    const std::size_t end = at + line.size();
    const bool ends = match == LineMatch::beginning || end == text.size() || text[end] == '\n';
    if (ends && (at == 0 || text[at - 1] == '\n')) ++count;
  }
  return count > 1;
}

}  // namespace session::repair
