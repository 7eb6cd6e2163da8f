#include "repair/salvage/reads_on.h"

#include "json/scanner.h"
#include "repair/salvage/lexing.h"

namespace session::repair {

bool reads_on(ByteView bytes, std::size_t begin, std::size_t end) {
  const std::size_t at = skip_blanks(bytes, begin, end);
  const std::size_t last = bytes.substr(0, end).find_last_not_of('\0');
  if (last == ByteView::npos || last < at) return false;
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  scanner.feed(bytes.data() + at, bytes.data() + last + 1, 0);
  return scanner.progress() == json::Progress::more;
}

}  // namespace session::repair
