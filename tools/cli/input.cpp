#include "cli/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

#include "cli/signals.h"

namespace session::cli {

namespace {

constexpr std::size_t k_piece_bytes = 256 * 1024;

/// Waits for input, or for a signal that asks to stop: one that comes just before a read() would not end it.
bool wait_for_input(int descriptor) {
  std::array<pollfd, 2> awaited{{{descriptor, POLLIN, 0}, {stop_descriptor(), POLLIN, 0}}};
  while (::poll(awaited.data(), awaited.size(), -1) < 0 && errno == EINTR && !stop_requested()) {
  }
  return !stop_requested();
}

Result<std::size_t> read_stream(int descriptor, std::string_view name, char* into, std::size_t size) {
  if (!wait_for_input(descriptor)) return fail(Errc::io, Op::read, std::string(name), "stopped by a signal");
  ssize_t length = -1;
  do {
    length = ::read(descriptor, into, size);
  } while (length < 0 && errno == EINTR);
  if (length < 0) return fail_errno(errno, Op::read, std::string(name));
  return static_cast<std::size_t>(length);
}

Result<bool> read_stream_pieces(int descriptor, std::string_view name, std::span<char> piece,
                                const TakePiece& take) {
  while (true) {
    const Result<std::size_t> length = read_stream(descriptor, name, piece.data(), piece.size());
    if (!length) return Unexpected{length.error()};
    if (*length == 0) return true;
    if (!take({piece.data(), *length})) return false;
  }
}

/// What can be read once, from the beginning to the end, and has no size: what `<(command)` of a shell stands
/// for, /dev/null, a terminal.
bool is_stream(const Path& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode));
}

Result<bool> read_named_stream(const Path& path, std::span<char> piece, const TakePiece& take) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return fail_errno(errno, Op::open, path);
  Result<bool> whole = read_stream_pieces(descriptor, path, piece, take);
  ::close(descriptor);
  return whole;
}

}  // namespace

Result<std::size_t> read_standard_input(char* into, std::size_t size) {
  return read_stream(STDIN_FILENO, k_standard_input_name, into, size);
}

Result<bool> read_input_pieces(Fs& fs, const Path& path, const TakePiece& take) {
  const Buffer piece(k_piece_bytes);
  if (path == k_standard_input) return read_stream_pieces(STDIN_FILENO, k_standard_input_name, piece, take);
  if (is_stream(path)) return read_named_stream(path, piece, take);
  const Result<Place> place = open_parent_resolved(fs, path);
  if (!place) return Unexpected{place.error()};
  const Result<File> file = fs.open(place->dir, place->name, Access::read);
  if (!file) return Unexpected{file.error()};
  bool whole = true;
  const auto remember = [&](ByteView part) { return whole = take(part); };
  const Result<std::uint64_t> read = read_pieces(fs, *file, piece, 0, k_to_the_end, remember);
  if (!read) return Unexpected{read.error()};
  return whole;
}

Result<Bytes> read_input(Fs& fs, const Path& path) {
  Bytes content;
  const auto collect = [&](ByteView piece) {
    content += piece;
    return true;
  };
  const Result<bool> read = read_input_pieces(fs, path, collect);
  if (!read) return Unexpected{read.error()};
  return content;
}

}  // namespace session::cli
