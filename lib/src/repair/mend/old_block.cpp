#include "repair/mend/old_block.h"

#include <algorithm>
#include <limits>

#include "json/scanner.h"
#include "repair/salvage/doubled.h"
#include "repair/salvage/lexing.h"
#include "repair/salvage/lines.h"

namespace session::repair {
namespace {

constexpr std::size_t k_most_bytes = std::size_t{1} << 20;
constexpr std::size_t k_sector = 512;
constexpr std::size_t k_page = 4096;
// So many bytes do not come twice right behind each other by chance.
constexpr std::size_t k_repeated_bytes = 24;
// So many may be equal by chance before those.
constexpr std::size_t k_chance = 8;
// So far behind a seam the text may read on.
constexpr std::size_t k_quiet_bytes = 4096;
// And past so many marks where the first seam breaks nothing: else what breaks is something else.
constexpr std::ptrdiff_t k_quiet_marks = 20;

constexpr std::size_t k_nowhere = std::numeric_limits<std::size_t>::max();

/// Where the value at `begin` breaks; k_nowhere where it is whole.
std::size_t find_break(ByteView bytes, std::size_t begin, std::size_t end, json::Newline newline) {
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent, newline);
  const char* const stopped = scanner.feed(bytes.data() + begin, bytes.data() + end, 0);
  if (scanner.progress() == json::Progress::more) return end;
  const auto stop = static_cast<std::size_t>(stopped - bytes.data());
  if (scanner.progress() == json::Progress::failed) return stop;
  return newline == json::Newline::blank || skip_blanks(bytes, stop, end) == end ? k_nowhere : stop;
}

/// The same for the first record that is not whole, or for a document; what stands behind a whole one is
/// something else.
std::size_t find_break(ByteView bytes, Format format) {
  if (format == Format::json) {
    return find_break(bytes, skip_blanks(bytes, 0, bytes.size()), bytes.size(), json::Newline::blank);
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::size_t begin = skip_blanks(bytes, at, end);
    const std::size_t found =
        begin < end ? find_break(bytes, begin, end, json::Newline::violation) : k_nowhere;
    if (found != k_nowhere) return found;
    at = end + 1;
  }
  return k_nowhere;
}

/// Whether the text is only cut at `at`: it reads on up to there, nothing but NULs follows, and it does not
/// end as its document does, with a closer that is not indented.
bool is_cut(ByteView bytes, std::size_t at) {
  if (skip_nuls(bytes, at, bytes.size()) != bytes.size()) return false;
  const std::size_t last = bytes.substr(0, at).find_last_not_of(" \t\r\n");
  if (last == ByteView::npos || last == 0) return true;
  return bytes[last - 1] != '\n' || (bytes[last] != '}' && bytes[last] != ']');
}

/// Whether the record is whole in whose line `at` lies.
bool is_in_whole_record(ByteView bytes, std::size_t at) {
  const std::size_t line = bytes.substr(0, at).rfind('\n') + 1;
  const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
  const std::size_t begin = skip_blanks(bytes, line, end);
  return begin < at && at < end && find_break(bytes, begin, end, json::Newline::violation) == k_nowhere;
}

/// Whether [from, to), which stands right before it too, is of rows that repeat: some stand in `once`, the
/// text without it, more than once.
bool holds_repeated_lines(ByteView bytes, std::size_t from, std::size_t to, ByteView once) {
  if (bytes.substr(from, to - from).find('\n') == ByteView::npos) return false;
  return std::ranges::any_of(lines_at(once, from - (to - from), from), [&](ByteView line) {
    return !line.empty() && is_repeated(line, once, LineMatch::whole);
  });
}

/// How many bytes before `at` the text begins to say what it says from there on; 0 where it does not, or went
/// on like that before, or goes on.
std::size_t find_repetition(ByteView bytes, std::size_t at) {
  const std::size_t length = doubled_length(bytes, at, k_repeated_bytes, k_sector - 1);
  if (length == 0) return 0;
  // Three times is a pattern.
  if (bytes.substr(at + length, length - k_chance) == bytes.substr(at, length - k_chance)) return 0;
  return at - begin_of_run(bytes, at, length) < k_chance ? length : 0;
}

/// Whether `at` lies in a string of the document, or of the record in whose line it stands.
bool is_in_string(ByteView bytes, std::size_t at, Format format) {
  const std::size_t line = format == Format::json ? ByteView::npos : bytes.substr(0, at).rfind('\n');
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  const std::size_t begin = line == ByteView::npos ? 0 : line + 1;
  scanner.feed(bytes.data() + begin, bytes.data() + at, 0);
  return scanner.progress() == json::Progress::more && scanner.within_string();
}

/// Whether whole items stand twice where the bytes from `first` on are again what stands `length` before
/// them: right behind a comma, with as many openers in them as closers.
bool is_of_items(ByteView bytes, std::size_t first, std::size_t length, Format format) {
  std::size_t item = first;
  for (; bytes[item - 1] != ',' || is_in_string(bytes, item, format); ++item) {
    if (item == first + 2 * k_chance || bytes[item] != bytes[item - length]) return false;
  }
  const ByteView items = bytes.substr(item, length);
  const auto count = [&](char c) { return std::ranges::count(items, c); };
  return items == bytes.substr(item - length, length) && count('"') % 2 == 0 && count('{') == count('}') &&
         count('[') == count(']');
}

/// Whether what stands twice, the second time at `at`, is a text's own: it does not begin right where a block
/// does, and is whole items, or lies in a string, where no seam shows, nor in a word.
bool is_own(ByteView bytes, std::size_t at, std::size_t length, Format format) {
  const std::size_t first = begin_of_run(bytes, at, length);
  if (first == at) return false;
  const bool is_in_word = is_of_word(bytes[first - 1]) && is_of_word(bytes[first]);
  return (!is_in_word && is_in_string(bytes, at, format)) || is_of_items(bytes, first, length, format);
}

/// Whether the text breaks at `broken` because of the end of a block at `end`: not where the record is whole
/// in which that lies.
bool is_near(ByteView bytes, std::size_t end, std::size_t broken, Format format) {
  static constexpr ByteView k_marks_of_shape = "\"{}[]";
  const ByteView between = bytes.substr(std::min(end, broken), broken - std::min(end, broken));
  if (format == Format::json_lines && between.find('\n') != ByteView::npos) return false;
  const auto is_mark = [](char c) { return k_marks_of_shape.find(c) != ByteView::npos; };
  return std::ranges::count_if(between, is_mark) <= k_quiet_marks;
}

/// The other end of the block at whose beginning or end, at `at`, the text says `length` bytes again. Without
/// them it breaks at `broken`: never before what is missing. Where it reads on to the end of the text nothing
/// tells, and it is taken for a beginning: by mistake that costs the items at the place that is taken for the
/// end.
std::optional<std::size_t> find_other_end(std::size_t at, std::size_t length, std::size_t broken) {
  if (broken == k_nowhere) return at + k_sector;
  for (const std::size_t block : {k_page, k_sector}) {
    const std::size_t end = at + block - length;
    if (at % block == 0 && broken >= end && broken - end <= k_quiet_bytes) return at + block;
  }
  for (const std::size_t block : {k_sector, k_page}) {
    if (at % block == 0 && at >= block && broken + block >= at && broken < at + block - length)
      return at - block;
  }
  return std::nullopt;
}

Reading build(ByteView bytes, const std::vector<Span>& spans) {
  Reading realigned{Bytes(bytes.size(), '\0'), spans};
  for (const Span& span : spans)
    realigned.text.replace(span.at, span.length, bytes.substr(span.origin, span.length));
  return realigned;
}

}  // namespace

std::optional<Reading> realign_old_block(ByteView bytes, Format format) {
  if (bytes.size() > k_most_bytes) return std::nullopt;
  const std::size_t first = find_break(bytes, format);
  if (first == k_nowhere) return std::nullopt;
  const bool only_cut = is_cut(bytes, first);
  const std::size_t from = first - std::min(first, k_page + k_quiet_bytes);
  const std::size_t to = std::min(first + k_page, bytes.size());
  for (std::size_t at = (from + k_sector - 1) / k_sector * k_sector; at <= to; at += k_sector) {
    const std::size_t length = find_repetition(bytes, at);
    if (length == 0) continue;
    const std::size_t behind = at + length;
    const Bytes once = Bytes(bytes.substr(0, at)).append(bytes.substr(behind));
    const std::size_t broken = find_break(once, format);
    // What a text says twice that reads on to where it is cut, with and without that, is its own.
    if (only_cut && broken + length == first) continue;
    const std::optional<std::size_t> other = find_other_end(at, length, broken);
    if (!other || *other > bytes.size()) continue;
    // A whole record is never given for it, neither what it says twice nor what is said to be missing in it.
    if (format == Format::json_lines &&
        (holds_repeated_lines(bytes, at, behind, once) || is_in_whole_record(bytes, *other)))
      continue;
    // Where it is missing in the text nothing else than in a string goes unseen: else it was written twice.
    if (broken == k_nowhere && !is_in_string(once, *other - length, format)) continue;
    const bool breaks_nothing = broken + (at < first ? length : 0) == first;
    const bool is_elsewhere = breaks_nothing && !is_near(bytes, *other, first, format);
    if (is_elsewhere && (format == Format::json_lines || is_own(bytes, at, length, format))) continue;
    if (*other < at) {
      return build(
          bytes,
          {{0, 0, *other}, {*other + length, *other, at - *other}, {behind, behind, bytes.size() - behind}});
    }
    return build(bytes, {{0, 0, at}, {at, behind, *other - behind}, {*other, *other, bytes.size() - *other}});
  }
  return std::nullopt;
}

}  // namespace session::repair
