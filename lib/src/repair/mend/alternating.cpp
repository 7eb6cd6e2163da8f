#include "repair/mend/alternating.h"

#include "json/scanner.h"
#include "repair/mend/record_starts.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

using Scanner = json::Scanner<json::SilentSink>;

// How often all of it may be read; what takes more is not told apart.
constexpr std::size_t k_halves_factor = 16;

/// Whether a text of which `scanner` has read the beginning is whole with `rest`; adds up what it reads.
bool is_whole_with(Scanner scanner, ByteView rest, std::size_t& has_read) {
  const char* const end = rest.data() + rest.size();
  const char* at = scanner.feed(rest.data(), end, 0);
  has_read += static_cast<std::size_t>(at - rest.data());
  if (scanner.progress() != json::Progress::complete) return false;
  while (at < end && is_blank(*at)) ++at;
  return at == end;
}

Scanner read(json::SilentSink& sink, ByteView beginning) {
  Scanner scanner(sink);
  scanner.feed(beginning.data(), beginning.data() + beginning.size(), 0);
  return scanner;
}

}  // namespace

bool are_alternating(ByteView beginning, ByteView record, ByteView rest) {
  json::SilentSink sink;
  const Scanner before = read(sink, beginning);
  const std::size_t most = k_halves_factor * (beginning.size() + record.size() + rest.size());
  std::size_t has_read = 0;
  const auto parts = [&](std::size_t at) {
    const ByteView end = record.substr(at);
    if (!is_whole_with(before, end, has_read)) return false;
    const ByteView begin = record.substr(0, at);
    has_read += at;
    return is_whole_with(read(sink, begin), rest, has_read) &&
           !has_repeated_key(Bytes(beginning) + Bytes(end)) && !has_repeated_key(Bytes(begin) + Bytes(rest));
  };
  // Within a string every place is as good as the first.
  for (std::size_t at = 1; at < record.size(); ++at) {
    if (has_read > most || parts(at)) return true;
    if (record[at] != '"') continue;
    if (parts(at + 1)) return true;
    at = read_string(record, at, record.size()).end - 1;
  }
  return false;
}

std::optional<Turn> find_turn(ByteView beginning, ByteView middle, ByteView rest) {
  json::SilentSink sink;
  const Scanner before = read(sink, beginning);
  Scanner first = read(sink, middle.substr(0, 1));
  const std::size_t most = k_halves_factor * (beginning.size() + middle.size() + rest.size());
  std::size_t has_read = 0;
  std::optional<Turn> found;
  for (std::size_t at = 1; at < middle.size() && first.progress() == json::Progress::more; ++at) {
    const bool fits =
        is_whole_with(before, middle.substr(at), has_read) && is_whole_with(first, rest, has_read);
    if (has_read > most) return std::nullopt;
    // On both sides of blanks between tokens it is the same.
    const bool is_same = found && !first.within_string() && skip_blanks(middle, found->at, at) == at;
    if (fits && found && !is_same) return Turn{found->at, false};
    if (fits) found = Turn{at, true};
    first.feed(middle.data() + at, middle.data() + at + 1, 0);
  }
  return found;
}

}  // namespace session::repair
