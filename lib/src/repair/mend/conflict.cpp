#include "repair/mend/conflict.h"

#include <algorithm>

#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

constexpr std::size_t k_marker = 7;

bool is_marker(ByteView line, char c) {
  if (line.size() < k_marker || line.substr(0, k_marker) != Bytes(k_marker, c)) return false;
  return line.size() == k_marker || is_blank(line[k_marker]);
}

/// The latest `YYYY-MM-DDThh:mm:ss…` in `text`: such times sort as text.
void note_latest(ByteView text, Bytes& latest) {
  constexpr ByteView k_form = "0000-00-00T00:00:00";
  for (std::size_t at = text.find('T'); at != ByteView::npos; at = text.find('T', at + 1)) {
    if (at < 10 || at + 9 > text.size()) continue;
    const ByteView time = text.substr(at - 10, k_form.size());
    const bool matches = std::equal(time.begin(), time.end(), k_form.begin(),
                                    [](char c, char form) { return form == '0' ? is_digit(c) : c == form; });
    if (!matches) continue;
    const ByteView exact = text.substr(at - 10, std::min(text.find('"', at), text.size()) - (at - 10));
    if (exact > latest && exact.size() < 40) latest = exact;
  }
}

void add(Side& side, ByteView bytes, std::size_t from, std::size_t to, bool own) {
  if (from == to) return;
  if (!side.spans.empty() && side.spans.back().origin + side.spans.back().length == from) {
    side.spans.back().length += to - from;
  } else {
    side.spans.push_back({side.text.size(), from, to - from});
  }
  const ByteView text = bytes.substr(from, to - from);
  side.text += text;
  if (!own) return;
  side.own_bytes += text.size();
  note_latest(text, side.latest);
}

/// Whether a line begins a conflict: hardly any text has one, and it is not to be copied for that.
bool has_conflict(ByteView bytes) {
  constexpr ByteView k_begin = "<<<<<<<";
  for (std::size_t at = bytes.find(k_begin); at != ByteView::npos; at = bytes.find(k_begin, at + 1)) {
    if ((at == 0 || bytes[at - 1] == '\n') && is_marker(bytes.substr(at, k_marker + 1), '<')) return true;
  }
  return false;
}

}  // namespace

std::optional<Conflict> split_conflict(ByteView bytes) {
  if (!has_conflict(bytes)) return std::nullopt;
  Conflict conflict;
  enum class In { both, ours, base, theirs } in = In::both;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
    const ByteView line = bytes.substr(at, end - at);
    if (is_marker(line, '<') && in == In::both) {
      in = In::ours;
    } else if (is_marker(line, '|') && in == In::ours) {
      in = In::base;
    } else if (is_marker(line, '=') && (in == In::ours || in == In::base)) {
      in = In::theirs;
    } else if (is_marker(line, '>') && in == In::theirs) {
      in = In::both;
    } else {
      if (in == In::both || in == In::ours) add(conflict.ours, bytes, at, end, in == In::ours);
      if (in == In::both || in == In::theirs) add(conflict.theirs, bytes, at, end, in == In::theirs);
    }
    at = end;
  }
  return conflict;
}

}  // namespace session::repair
