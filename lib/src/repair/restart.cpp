#include "repair/restart.h"

#include <algorithm>
#include <string>
#include <vector>

#include "repair/lexing.h"

namespace session::repair {
namespace {

constexpr std::size_t k_read_again_factor = 4;
// One key in common says little; an object with as many members as this is no value of a small one.
constexpr std::size_t k_few_members = 3;

bool continues(ByteView bytes, std::size_t begin, std::size_t at, std::size_t end,
               const SalvageOptions& options) {
  Shapes scratch;
  const Attempt attempt = salvage_document(bytes, at, end, scratch, options);
  if (!attempt.clean || !attempt.closed) return false;
  if (skip_blanks(bytes, skip_nuls(bytes, skip_blanks(bytes, attempt.end, end), end), end) != end)
    return false;
  const std::vector<ByteView> before = root_keys(bytes, begin, at);
  const std::vector<ByteView> own = root_keys(bytes, at, attempt.end);
  if (before.size() < 2 && own.size() < k_few_members) return false;
  return std::ranges::all_of(before, [&](ByteView key) { return std::ranges::find(own, key) != own.end(); });
}

}  // namespace

std::vector<ByteView> root_keys(ByteView bytes, std::size_t begin, std::size_t end) {
  std::vector<ByteView> keys;
  int depth = 0;
  bool expects_key = false;
  for (std::size_t at = begin; at < end; ++at) {
    const char c = bytes[at];
    if (c == '"') {
      const StringToken token = read_string(bytes, at, end);
      if (token.how != StringEnd::closed) break;
      if (depth == 1 && expects_key) keys.push_back(bytes.substr(at, token.end - at));
      expects_key = false;
      at = token.end - 1;
    } else if (c == '{' || c == '[') {
      ++depth;
      expects_key = c == '{';
    } else if (c == '}' || c == ']') {
      if (--depth == 0) break;
    } else if (c == ',' && depth == 1) {
      expects_key = true;
    }
  }
  return keys;
}

std::optional<std::size_t> find_restart(ByteView bytes, std::size_t begin, std::size_t end,
                                        const SalvageOptions& options, std::size_t& read_again) {
  if (begin >= end || bytes[begin] != '{') return std::nullopt;
  const std::size_t open = skip_blanks(bytes, begin + 1, end);
  if (open >= end || bytes[open] != '"') return std::nullopt;
  const StringToken first = read_string(bytes, open, end);
  if (first.how != StringEnd::closed) return std::nullopt;
  const ByteView beginning = bytes.substr(begin, first.end - begin);
  std::size_t at = first.end;
  while (read_again <= k_read_again_factor * bytes.size()) {
    const std::size_t found = bytes.substr(0, end).find(beginning, at);
    read_again += std::min(found, end) - at;
    if (found >= end) break;
    read_again += end - begin;
    if (continues(bytes, begin, found, end, options)) return found;
    at = found + 1;
  }
  return std::nullopt;
}

}  // namespace session::repair
