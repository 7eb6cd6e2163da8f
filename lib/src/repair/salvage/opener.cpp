#include "repair/salvage/opener.h"

#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

bool is_word(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '+' || c == '.' || (c & 0x80) != 0;
}

}  // namespace

char opener_of_contents(ByteView bytes, std::size_t item, char closer, std::size_t end) {
  if (item >= end) return '\0';
  const char first = bytes[item];
  bool is_key = false;
  if (first == '"') {
    const StringToken token = read_string(bytes, item, end);
    const std::size_t next = skip_blanks(bytes, token.end, end);
    if (token.how != StringEnd::closed || next >= end) return '\0';
    is_key = bytes[next] == ':';
    if (!is_key && bytes[next] != ',' && bytes[next] != closer) return '\0';
  }
  if (closer == '}') return is_key ? '{' : '\0';
  const bool is_value = first == '"' || first == '{' || first == '[' ||
                        read_number(bytes, item, end) > item || read_literal(bytes, item, end) > item;
  return is_value && !is_key ? '[' : '\0';
}

char opener_replaced_at(ByteView bytes, std::size_t at, std::size_t end) {
  std::size_t last = end;
  while (last > at && (is_blank(bytes[last - 1]) || bytes[last - 1] == '\0')) --last;
  const std::size_t item = skip_blanks(bytes, at + 1, last);
  // Behind a comma the rest of a container goes on, behind half a word or number it may be the other half.
  if (item >= last || bytes[at] == ',' || (is_word(bytes[at]) && is_word(bytes[item]))) return '\0';
  if (behind_closers(bytes, item, 1, last) != last) return '\0';
  return opener_of_contents(bytes, item, bytes[last - 1], last);
}

std::size_t behind_closers(ByteView bytes, std::size_t at, std::size_t count, std::size_t end) {
  std::size_t depth = count;
  while (at < end && depth > 0) {
    const char c = bytes[at];
    if (c == '"') {
      at = read_string(bytes, at, end).end;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
  }
  return at;
}

}  // namespace session::repair
