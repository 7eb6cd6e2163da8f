#include "check/judge.h"

#include <string_view>

namespace session::check {

std::string describe(json::Expected expected, std::uint64_t depth) {
  std::string_view what;
  switch (expected) {
    case json::Expected::value: what = "expected a value"; break;
    case json::Expected::value_or_end: what = "expected a value or ']'"; break;
    case json::Expected::key: what = "expected a key in quotes"; break;
    case json::Expected::key_or_end: what = "expected a key in quotes or '}'"; break;
    case json::Expected::colon: what = "expected ':'"; break;
    case json::Expected::comma_or_end: what = "expected ',' or the end of the container"; break;
    case json::Expected::string_byte: what = "in a string"; break;
    case json::Expected::escape: what = "not an escape"; break;
    case json::Expected::hex_digit: what = "expected four hexadecimal digits"; break;
    case json::Expected::digit: what = "expected a digit"; break;
    case json::Expected::literal: what = "expected true, false or null"; break;
  }
  return std::string(what) + ", " + std::to_string(depth) +
         (depth == 1 ? " container open" : " containers open");
}

}  // namespace session::check
