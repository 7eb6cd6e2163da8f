#include "repair/mend/rows.h"

#include <algorithm>

#include "json/scanner.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

// So many lengths no writer of rows has.
constexpr std::size_t k_most_lengths = 256;

struct Row {
  std::size_t elements = 0;
  bool is_deep = false;  ///< arrays are among them
};

/// The array at `at`, which is whole.
Row row_at(ByteView bytes, std::size_t at, std::size_t end) {
  Row row;
  std::size_t depth = 0;
  for (const std::size_t begin = at; at < end; ++at) {
    const char c = bytes[at];
    if (depth == 1 && (c == ',' || (row.elements == 0 && c != ']' && !is_blank(c)))) ++row.elements;
    if (depth == 1 && c == '[') row.is_deep = true;
    if (c == '"') at = std::max(read_string(bytes, at, end).end, at + 1) - 1;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0 && at > begin) break;
  }
  return row;
}

}  // namespace

void Rows::learn(ByteView bytes, std::size_t at, std::size_t end) {
  const Row row = row_at(bytes, at, end);
  if (elements_.size() < k_most_lengths) elements_.insert(row.elements);
  has_arrays_ = has_arrays_ || row.is_deep;
}

std::optional<std::size_t> Rows::find(ByteView bytes, std::size_t begin, std::size_t end) const {
  if (bytes[begin] != '[' || empty() || has_arrays_) return std::nullopt;
  std::size_t may_read = k_looked_at_factor * (end - begin);
  const ByteView line = bytes.substr(0, end);
  for (std::size_t at = line.find('[', begin + 1); at != ByteView::npos; at = line.find('[', at + 1)) {
    json::SilentSink silent;
    json::Scanner<json::SilentSink> scanner(silent);
    const char* const stopped = scanner.feed(bytes.data() + at, bytes.data() + end, at);
    const auto stop = static_cast<std::size_t>(stopped - bytes.data());
    const bool is_last =
        scanner.progress() == json::Progress::complete && skip_blanks(bytes, stop, end) == end;
    if (is_last && elements_.contains(row_at(bytes, at, stop).elements)) return at;
    if (stop - at >= may_read) return std::nullopt;
    may_read -= stop - at;
  }
  return std::nullopt;
}

}  // namespace session::repair
