#include "repair/mend/last_document.h"

#include <algorithm>

#include "json/scanner.h"
#include "repair/salvage/lexing.h"
#include "repair/salvage/restart.h"

namespace session::repair {
namespace {

/// How far the value at `at` reads, and to where.
struct Reach {
  std::size_t end = 0;
  json::Progress progress = json::Progress::failed;
};

Reach read_value(ByteView bytes, std::size_t at, std::size_t end) {
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  const char* const stopped = scanner.feed(bytes.data() + at, bytes.data() + end, 0);
  return {static_cast<std::size_t>(stopped - bytes.data()), scanner.progress()};
}

/// Whether the text at `at`, an opener, is no JSON before it comes to any string.
bool is_bracketed_text(ByteView bytes, std::size_t at, std::size_t end) {
  const Reach reach = read_value(bytes, at, end);
  return reach.progress == json::Progress::failed &&
         bytes.substr(at, reach.end - at).find('"') == ByteView::npos;
}

/// Whether the opener at `at` is that of an object with a member or of an array of containers: what a text
/// for people has in brackets is neither.
bool opens_document(ByteView bytes, std::size_t at, std::size_t end) {
  const std::size_t first = skip_blanks(bytes, at + 1, end);
  if (first >= end) return false;
  return bytes[at] == '{' ? bytes[first] == '"' : bytes[first] == '{' || bytes[first] == '[';
}

}  // namespace

std::optional<std::size_t> find_last_document(ByteView bytes, std::size_t begin, std::size_t end,
                                              std::size_t& read_again) {
  constexpr ByteView k_openers = "{[";
  const bool is_bracketed = begin < end && k_openers.find(bytes[begin]) != ByteView::npos;
  if (is_bracketed && !is_bracketed_text(bytes, begin, end)) return std::nullopt;
  const std::size_t last = bytes.substr(0, end).find_last_not_of('\0') + 1;
  std::size_t at = begin + 1;
  while (read_again <= k_read_again_factor * bytes.size()) {
    const std::size_t found = bytes.substr(0, last).find_first_of(k_openers, at);
    if (found >= last) break;
    read_again += found - at;
    at = found + 1;
    const char before = before_blanks(bytes, begin, found);
    if (before == '\0' ? bytes[found - 1] != '\0' : k_before_values.find(before) != ByteView::npos) continue;
    if (is_bracketed && bytes[found - 1] != '\n') continue;
    if (!opens_document(bytes, found, last)) continue;
    const Reach reach = read_value(bytes, found, last);
    read_again += reach.end - found;
    if (reach.progress == json::Progress::failed) continue;
    if (reach.progress == json::Progress::more || skip_blanks_and_nuls(bytes, reach.end, end) == end)
      return found;
    at = reach.end;
  }
  return std::nullopt;
}

}  // namespace session::repair
