#include "json/gate.h"
#include "session/check.h"

namespace session {

bool parses_strictly(ByteView bytes, Format format) {
  if (format == Format::json) return json::passes_gate(bytes);
  std::size_t records = 0;
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const ByteView line = bytes.substr(0, newline);
    bytes.remove_prefix(newline == ByteView::npos ? bytes.size() : newline + 1);
    if (line.find_first_not_of(" \t\r") == ByteView::npos) continue;
    if (!json::passes_gate(line)) return false;
    ++records;
  }
  return records != 0;
}

}  // namespace session
