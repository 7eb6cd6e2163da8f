#include "repair/lines.h"

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

}  // namespace session::repair
