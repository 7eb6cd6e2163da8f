#include "check/tail.h"

#include "session/check.h"

namespace session {

bool is_record(ByteView line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == ByteView::npos || (line[first] != '{' && line[first] != '[')) return false;
  return parses_strictly(line, Format::json);
}

ByteView without_padding(ByteView line) {
  const std::size_t last = line.find_last_not_of('\0');
  return line.substr(0, last == ByteView::npos ? 0 : last + 1);
}

Tail judge_tail(ByteView line, Newline newline) {
  if (newline == Newline::missing) {
    if (line.empty()) return Tail::sound;
    return is_record(without_padding(line)) ? Tail::whole_record : Tail::cut;
  }
  const bool blank = line.find_first_not_of(" \t\r") == ByteView::npos;
  return blank || parses_strictly(line, Format::json) ? Tail::sound : Tail::cut;
}

}  // namespace session
