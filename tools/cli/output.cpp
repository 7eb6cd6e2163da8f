#include "cli/output.h"

#include <unistd.h>

#include <cerrno>

namespace session::cli {

namespace {
constexpr std::size_t k_flush_at = 64 * 1024;
/// Messages that do not arrive cannot be told of.
constexpr const char* k_name = "standard output";
}  // namespace

void Output::write(std::string_view text) {
  if (failure_) return;
  buffer_ += text;
  if (buffer_.size() >= k_flush_at || (buffering_ == Buffering::lines && text.ends_with('\n'))) flush();
}

bool Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !failure_) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      fail(fail_errno(written == 0 ? EIO : errno, Op::write, k_name).error);
    }
  }
  buffer_.clear();
  return !failure_;
}

void Output::fail(Error why) {
  if (!failure_) failure_ = std::move(why);
}

}  // namespace session::cli
