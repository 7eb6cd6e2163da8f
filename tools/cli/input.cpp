#include "cli/input.h"

#include <unistd.h>

#include <cerrno>
#include <limits>

namespace session::cli {

Result<std::size_t> read_standard_input(char* into, std::size_t size) {
  ssize_t length = -1;
  do {
    length = ::read(STDIN_FILENO, into, size);
  } while (length < 0 && errno == EINTR);
  if (length < 0) return fail_errno(errno, Op::read, std::string(k_standard_input_name));
  return static_cast<std::size_t>(length);
}

Result<Bytes> read_input(Fs& fs, const Path& path) {
  if (path != k_standard_input) {
    const Result<Place> place = open_parent_resolved(fs, path);
    if (!place) return Unexpected{place.error()};
    const Result<File> file = fs.open(place->dir, place->name, Access::read);
    if (!file) return Unexpected{file.error()};
    return read_all(fs, *file, std::numeric_limits<std::uint64_t>::max());
  }
  constexpr std::size_t k_piece_bytes = 256 * 1024;
  Bytes content;
  for (std::size_t used = 0;;) {
    content.resize(used + k_piece_bytes);
    const Result<std::size_t> length = read_standard_input(content.data() + used, k_piece_bytes);
    if (!length) return Unexpected{length.error()};
    used += *length;
    content.resize(used);
    if (*length == 0) return content;
  }
}

}  // namespace session::cli
