#include "check/record_start.h"

namespace session::check {

std::optional<json::Offset> record_start_near(const json::LineIndex& lines, json::Offset at, char byte) {
  if (byte == '{') return at;
  const std::string before = lines.text_before(at, json::LineIndex::k_window);
  if (before.empty() || before.back() != '"') return std::nullopt;
  std::size_t i = before.size() - 1;
  while (i != 0 && json::is_blank(before[i - 1])) --i;
  if (i == 0 || before[i - 1] != '{') return std::nullopt;
  return at - (before.size() - (i - 1));
}

}  // namespace session::check
