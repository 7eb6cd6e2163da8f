#include "repair/salvage/identity.h"

#include <algorithm>
#include <string_view>

#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }

bool ends_in_word(ByteView key, std::string_view word) {
  if (key.size() < word.size()) return false;
  const ByteView end = key.substr(key.size() - word.size());
  if (!std::ranges::equal(end, word, {}, lower)) return false;
  if (key.size() == word.size()) return true;
  const char before = key[key.size() - word.size() - 1];
  return before == '_' || before == '-' || (is_upper(end.front()) && !is_upper(before));
}

/// Whether `text` is as `pattern` has it: 0 is a digit, x one of a hexadecimal number, anything else itself.
bool matches(ByteView text, std::string_view pattern) {
  return std::ranges::equal(text, pattern, [](char c, char wanted) {
    return is_control(c) || (wanted == '0' && is_digit(c)) || (wanted == 'x' && is_hex(c)) ||
           lower(c) == wanted;
  });
}

}  // namespace

bool is_name_of_id(ByteView key) {
  return ends_in_word(key, "id") || ends_in_word(key, "uuid") || ends_in_word(key, "guid");
}

bool reads_as_identity(ByteView text) {
  constexpr std::string_view k_date = "0000-00-00";
  constexpr std::string_view k_minute = "00:00";
  constexpr std::size_t k_longest_time = 35;  // with nanoseconds and an offset
  if (matches(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")) return true;
  if (!matches(text.substr(0, k_date.size()), k_date) || text.size() > k_longest_time) return false;
  if (text.size() == k_date.size()) return true;
  const ByteView time = text.substr(k_date.size() + 1);
  constexpr std::string_view k_of_times = "0123456789:.,+-zZ";
  return (matches(text.substr(k_date.size(), 1), "t") || text[k_date.size()] == ' ') &&
         matches(time.substr(0, k_minute.size()), k_minute) && std::ranges::all_of(time, [&](char c) {
           return is_control(c) || k_of_times.find(c) != std::string_view::npos;
         });
}

}  // namespace session::repair
