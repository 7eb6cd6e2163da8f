#include "cli/line_splitter.h"

namespace session::cli {

LineSplitter::Fed LineSplitter::feed(ByteView piece, const Take& take) {
  pending_ += piece;
  Fed fed = Fed::all;
  std::size_t begin = 0;
  while (fed == Fed::all) {
    const std::size_t newline = pending_.find('\n', searched_);
    const std::size_t end = newline == std::string::npos ? pending_.size() : newline;
    searched_ = end;
    if (end - begin > most_bytes_) fed = Fed::line_too_long;
    if (newline == std::string::npos || fed == Fed::line_too_long) break;
    if (!take(ByteView(pending_).substr(begin, end - begin))) fed = Fed::stopped;
    begin = searched_ = newline + 1;
  }
  pending_.erase(0, begin);
  searched_ -= begin;
  // A client that once sent a long line must not keep its memory for ever.
  if (pending_.empty()) pending_.shrink_to_fit();
  return fed;
}

void LineSplitter::finish(const Take& take) {
  while (feed({}, take) == Fed::stopped) {
  }
  const std::string line = std::move(pending_);
  pending_.clear();
  searched_ = 0;
  if (!line.empty()) take(line);
}

}  // namespace session::cli
