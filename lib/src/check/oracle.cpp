#include "json/gate.h"
#include "json/gate_stream.h"
#include "session/check.h"

namespace session {
namespace {

// Above this a document goes through the gate in parts: the parser holds several times what it is given.
constexpr std::size_t k_at_once = std::size_t{1} << 20;

bool is_document(ByteView bytes) {
  if (bytes.size() <= k_at_once) return json::passes_gate(bytes);
  json::GateStream gate;
  gate.feed(bytes);
  return gate.finish();
}

}  // namespace

bool parses_strictly(ByteView bytes, Format format) {
  if (format == Format::json) return is_document(bytes);
  std::size_t records = 0;
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const ByteView line = bytes.substr(0, newline);
    bytes.remove_prefix(newline == ByteView::npos ? bytes.size() : newline + 1);
    if (line.find_first_not_of(" \t\r") == ByteView::npos) continue;
    if (!is_document(line)) return false;
    ++records;
  }
  return records != 0;
}

}  // namespace session
