#include "repair/salvage/lexing.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "json/byte_search.h"
#include "json/string_run.h"

namespace session::repair {
namespace {

std::size_t skip_plain(ByteView bytes, std::size_t at, std::size_t end) {
  if (at >= end) return end;
  const char* base = bytes.data();
  return static_cast<std::size_t>(json::find_string_special(base + at, base + end) - base);
}

std::size_t skip_digits(ByteView bytes, std::size_t at, std::size_t end) {
  while (at < end && is_digit(bytes[at])) ++at;
  return at;
}

}  // namespace

std::size_t skip_blanks(ByteView bytes, std::size_t at, std::size_t end) {
  while (at < end && is_blank(bytes[at])) ++at;
  return at;
}

std::size_t back_over_blanks(ByteView bytes, std::size_t begin, std::size_t at) {
  while (at > begin && is_blank(bytes[at - 1])) --at;
  return at;
}

char before_blanks(ByteView bytes, std::size_t begin, std::size_t at) {
  at = back_over_blanks(bytes, begin, at);
  return at > begin ? bytes[at - 1] : '\0';
}

std::size_t skip_nuls(ByteView bytes, std::size_t at, std::size_t end) {
  constexpr std::array<char, 64> k_nuls = {};
  while (at + k_nuls.size() <= end && std::memcmp(bytes.data() + at, k_nuls.data(), k_nuls.size()) == 0) {
    at += k_nuls.size();
  }
  while (at < end && bytes[at] == '\0') ++at;
  return at;
}

std::size_t skip_blanks_and_nuls(ByteView bytes, std::size_t at, std::size_t end) {
  for (;;) {
    const std::size_t before = at;
    at = skip_nuls(bytes, skip_blanks(bytes, at, end), end);
    if (at == before) return at;
  }
}

StringToken read_string(ByteView bytes, std::size_t open, std::size_t end) {
  StringToken token;
  std::size_t at = open + 1;
  for (;;) {
    at = skip_plain(bytes, at, end);
    if (at >= end) return {end, StringEnd::input, token.flawed};
    const char c = bytes[at];
    if (c == '"') return {at + 1, StringEnd::closed, token.flawed};
    std::size_t length = 0;
    if (c == '\\') {
      const char* const here = bytes.data() + at;
      const char* const passed = json::pass_string_blocks(here, bytes.data() + end).end;
      if (passed != here) {
        at += static_cast<std::size_t>(passed - here);
        continue;
      }
      length = escape_length(bytes, at, end);
      // A malformed escape may still hide a quote: `\x"` ends the string, `\"` never does.
    } else if (c == '\0') {
      const std::size_t run_end = skip_nuls(bytes, at, end);
      if (run_end - at >= k_hole_bytes) return {at, StringEnd::hole, token.flawed};
    }
    if (length == 0) token.flawed = true;
    at += std::max<std::size_t>(length, 1);
  }
}

std::size_t find_quote(ByteView bytes, std::size_t at, std::size_t end) {
  while (at < end) {
    at = skip_plain(bytes, at, end);
    if (at >= end) return end;
    const char c = bytes[at];
    if (c == '"') return at;
    if (c == '\0' && skip_nuls(bytes, at, std::min(end, at + k_hole_bytes)) - at >= k_hole_bytes) return end;
    at += c == '\\' ? 2U : 1U;
  }
  return end;
}

ByteView key_before(ByteView bytes, std::size_t value) {
  std::size_t at = back_over_blanks(bytes, 0, value);
  if (at == 0 || bytes[at - 1] != ':') return {};
  at = back_over_blanks(bytes, 0, at - 1);
  if (at < 2 || bytes[at - 1] != '"') return {};
  const std::size_t open = bytes.rfind('"', at - 2);
  return open == ByteView::npos ? ByteView() : bytes.substr(open, at - open);
}

std::size_t escape_length(ByteView bytes, std::size_t at, std::size_t end) {
  if (at + 1 >= end) return 0;
  switch (bytes[at + 1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return 2;
    case 'u': return escaped_unit(bytes, at, end) >= 0 ? 6 : 0;
    default: return 0;
  }
}

int escaped_unit(ByteView bytes, std::size_t at, std::size_t end) {
  if (at + 6 > end || bytes[at] != '\\' || bytes[at + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const char c = bytes[i];
    if (!is_hex(c)) return -1;
    unit = unit * 16 + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return unit;
}

std::size_t read_number(ByteView bytes, std::size_t at, std::size_t end) {
  std::size_t to = at;
  if (to < end && bytes[to] == '-') ++to;
  const std::size_t whole = to;
  to = skip_digits(bytes, to, end);
  if (to == whole || (bytes[whole] == '0' && to > whole + 1)) return at;
  if (to < end && bytes[to] == '.') {
    const std::size_t fraction = to + 1;
    to = skip_digits(bytes, fraction, end);
    if (to == fraction) return at;
  }
  if (to < end && (bytes[to] | 0x20) == 'e') {
    std::size_t exponent = to + 1;
    if (exponent < end && (bytes[exponent] == '+' || bytes[exponent] == '-')) ++exponent;
    to = skip_digits(bytes, exponent, end);
    if (to == exponent) return at;
  }
  return to;
}

std::size_t read_literal(ByteView bytes, std::size_t at, std::size_t end) {
  constexpr std::array<ByteView, 3> k_literals = {"true", "false", "null"};
  for (const ByteView literal : k_literals) {
    if (bytes.substr(at, std::min(literal.size(), end - at)) == literal) return at + literal.size();
  }
  return at;
}

bool is_scalar(ByteView bytes, std::size_t begin, std::size_t end) {
  std::size_t to = begin;
  if (bytes[begin] == '"') {
    const StringToken token = read_string(bytes, begin, end);
    if (token.how == StringEnd::closed && !token.flawed) to = token.end;
  } else {
    to = std::max(read_number(bytes, begin, end), read_literal(bytes, begin, end));
  }
  return to > begin && skip_blanks(bytes, to, end) == end;
}

}  // namespace session::repair
