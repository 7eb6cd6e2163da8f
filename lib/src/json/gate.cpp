#include "json/gate.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

#include "session/bytes.h"

namespace session::json {
namespace {

// Buffers beyond this are given back.
constexpr std::size_t k_most_kept = std::size_t{4} << 20;

bool is_number_byte(char byte) {
  return (byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == '.' || byte == 'e' ||
         byte == 'E';
}

/// The number grammar of RFC 8259, section 6, as it stands there.
bool is_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - begin;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t integer = digits();
  if (integer == 0 || (zero && integer > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

struct Neutral {
  std::string text;
  std::size_t depth = 0;
};

/// The string that begins at `begin`, its escapes of surrogates replaced, appended to `out`. Returns where it
/// ends.
std::size_t copy_string(std::string_view document, std::size_t begin, std::string& out) {
  std::size_t i = begin + 1;
  out += '"';
  while (i < document.size() && document[i] != '"') {
    if (document[i] != '\\' || i + 1 == document.size()) {
      out += document[i++];
      continue;
    }
    const bool surrogate =
        document[i + 1] == 'u' && i + 2 < document.size() && (document[i + 2] | 0x20) == 'd';
    out += document.substr(i, 2);
    i += 2;
    if (surrogate) {
      out += '0';  // the digits that follow are checked as they stand
      ++i;
    }
  }
  if (i < document.size()) out += document[i++];
  return i;
}

/// The document with numbers and surrogate escapes that are right, but perhaps beyond the parser's
/// limits, replaced by harmless ones of the same form.
Neutral neutralise(std::string_view document) {
  Neutral neutral;
  neutral.text.reserve(document.size());
  std::size_t depth = 0;
  for (std::size_t i = 0; i < document.size();) {
    const char byte = document[i];
    if (byte == '"') {
      i = copy_string(document, i, neutral.text);
      continue;
    }
    if (byte == '-' || (byte >= '0' && byte <= '9')) {
      std::size_t end = i;
      while (end < document.size() && is_number_byte(document[end])) ++end;
      const std::string_view number = document.substr(i, end - i);
      neutral.text += is_number(number) ? std::string_view("0") : number;
      i = end;
      continue;
    }
    if (byte == '{' || byte == '[') neutral.depth = std::max(neutral.depth, ++depth);
    if ((byte == '}' || byte == ']') && depth != 0) --depth;
    neutral.text += byte;
    ++i;
  }
  return neutral;
}

bool parses(std::string_view document, std::size_t depth) {
  // Where simdjson cannot be loaded this throws; from within the parser, which may not, it ends the process.
  static_cast<void>(simdjson::get_active_implementation());
  thread_local simdjson::dom::parser parser;
  const std::size_t capacity = std::max<std::size_t>(document.size(), 64);
  if (parser.capacity() < capacity || parser.max_depth() < depth) {
    if (parser.allocate(capacity, std::max(depth, parser.max_depth())) != simdjson::SUCCESS) return false;
  }
  // A copy with the room behind it that the parser reads into, in a buffer used again.
  thread_local std::string padded;
  padded.assign(document).append(simdjson::SIMDJSON_PADDING, '\0');
  const bool parsed = parser.parse(padded.data(), document.size(), false).error() == simdjson::SUCCESS;
  if (padded.capacity() > k_most_kept) {
    padded = {};
    parser = simdjson::dom::parser();
  }
  return parsed;
}

}  // namespace

bool passes_gate(std::string_view document) {
  if (document.starts_with(k_byte_order_mark)) return false;
  if (parses(document, simdjson::DEFAULT_MAX_DEPTH)) return true;
  const Neutral neutral = neutralise(document);
  return parses(neutral.text, neutral.depth + 1);
}

}  // namespace session::json
