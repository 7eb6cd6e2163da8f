#include "base/short_name.h"

#include <algorithm>

#include "session/content_hash.h"

namespace session {
namespace {

constexpr std::size_t k_digits = 16;
constexpr std::size_t k_longest_extension = 16;
constexpr int k_longest_character = 4;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

Name shortened(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const bool has_extension = dot != std::string_view::npos && name.size() - dot <= k_longest_extension;
  const std::string_view extension = has_extension ? name.substr(dot) : std::string_view();
  std::size_t keep = k_short_name - 1 - k_digits - extension.size();
  keep = std::min(keep, name.size());
  for (int step = 0; step < k_longest_character && keep < name.size() && continues_character(name[keep]);
       ++step) {
    --keep;
  }
  const std::string hash = content_hash(name);
  return Name(name.substr(0, keep)) + '~' + hash.substr(hash.find(':') + 1, k_digits) + Name(extension);
}

bool is_shortened(std::string_view name) {
  const std::size_t mark = name.rfind('~');
  // Whole characters may leave a few bytes less than there is room for.
  if (mark == std::string_view::npos || name.size() > k_short_name || name.size() + 4 < k_short_name)
    return false;
  const std::string_view digits = name.substr(mark + 1, k_digits);
  return digits.size() == k_digits && digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Name with_suffix(std::string_view name, std::string_view suffix) {
  if (name.size() + suffix.size() <= k_longest_name) return Name(name).append(suffix);
  return shortened(name).append(suffix);
}

}  // namespace session
