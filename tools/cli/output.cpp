#include "cli/output.h"

#include <unistd.h>

#include <cerrno>

namespace session::cli {

namespace {
constexpr std::size_t k_flush_at = 64 * 1024;
}

void Output::write(std::string_view text) {
  if (failure_ != 0) return;
  buffer_ += text;
  if (buffer_.size() >= k_flush_at || (buffering_ == Buffering::lines && text.ends_with('\n'))) flush();
}

bool Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && failure_ == 0) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      failure_ = written == 0 ? EIO : errno;
    }
  }
  buffer_.clear();
  return failure_ == 0;
}

}  // namespace session::cli
