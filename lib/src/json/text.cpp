#include "json/text.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace session::json {
namespace {

unsigned hex_unit(const char* p) {
  unsigned unit = 0;
  for (int i = 0; i < 4; ++i) unit = unit << 4 | static_cast<unsigned>(hex_value(p[i]));
  return unit;
}

void append_utf8(std::string& out, unsigned point) {
  const auto byte = [&out](unsigned value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)), byte(0x80 | (point >> 6 & 0x3F)),
        byte(0x80 | (point & 0x3F));
  }
}

constexpr unsigned k_replacement = 0xFFFD;

/// Appends what the \u escape at `p` means, with its other half if it has one, and returns what follows.
const char* append_unicode_escape(std::string& out, const char* p, const char* end) {
  if (end - p < 6) return end;  // cut by the limit of a token
  unsigned point = hex_unit(p + 2);
  p += 6;
  if (point >= 0xD800 && point <= 0xDFFF) {
    const bool pair = point < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u';
    const unsigned low = pair ? hex_unit(p + 2) : 0;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      p += 6;
    } else {
      point = k_replacement;
    }
  }
  append_utf8(out, point);
  return p;
}

char simple_escape(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
  }
}

bool has_exponent(std::string_view number) {
  // Most numbers are too short for the way to memchr to pay.
  for (const char byte : number) {
    if ((byte | 0x20) == 'e') return true;
  }
  return false;
}

}  // namespace

std::string text_of(const Token& string) {
  std::string out;
  out.reserve(string.text.size());
  const char* p = string.text.data();
  const char* const end = p + string.text.size();
  while (p != end) {
    if (*p != '\\') {
      out += *p++;
    } else if (end - p < 2) {
      break;
    } else if (p[1] == 'u') {
      p = append_unicode_escape(out, p, end);
    } else {
      out += simple_escape(p[1]);
      p += 2;
    }
  }
  return out;
}

std::string_view text_of(const Token& string, std::string& buffer) {
  if (!string.escaped) return string.text;
  buffer = text_of(string);
  return buffer;
}

std::uint64_t hash_of_escaped(const Token& string) { return hash_of_bytes(text_of(string)); }

bool fits_64_bits(const Token& integer) {
  if (!integer.whole(Scalar::integer)) return false;
  const char* const begin = integer.text.data();
  const char* const end = begin + integer.text.size();
  std::int64_t negative = 0;
  std::uint64_t positive = 0;
  const std::errc error =
      *begin == '-' ? std::from_chars(begin, end, negative).ec : std::from_chars(begin, end, positive).ec;
  return error == std::errc{};
}

std::optional<double> number_of(const Token& number) {
  if (!number.whole(Scalar::real)) return std::nullopt;
  double value = 0;
  const char* const begin = number.text.data();
  const char* const end = begin + number.text.size();
  if (std::from_chars(begin, end, value).ec == std::errc{}) return value;
  // Out of range: too large, or too small for anything but zero. A longer type tells, or the exponent's sign.
  long double wide = 0;
  if (std::from_chars(begin, end, wide).ec == std::errc{}) {
    if (std::fabs(wide) > static_cast<long double>(std::numeric_limits<double>::max())) return std::nullopt;
    return static_cast<double>(wide);
  }
  if (number.text.find("e-") != std::string_view::npos || number.text.find("E-") != std::string_view::npos)
    return 0;
  return std::nullopt;
}

bool fits_double(const Token& number) {
  return (number.length < 300 && !has_exponent(number.text)) || number_of(number).has_value();
}

}  // namespace session::json
