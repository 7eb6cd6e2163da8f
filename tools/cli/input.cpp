#include "cli/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

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

/// What can be read once, from the beginning to the end, and has no size: what `<(command)` of a shell stands
/// for, /dev/null, a terminal.
bool reads_as_stream(const Path& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode));
}

}  // namespace

Result<std::size_t> read_standard_input(char* into, std::size_t size) {
  return read_stream(STDIN_FILENO, k_standard_input_name, into, size);
}

Result<Input> Input::open(Fs& fs, const Path& path) {
  if (path == k_standard_input) return Input(fs, File(), STDIN_FILENO, Path(k_standard_input_name));
  if (reads_as_stream(path)) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return fail_errno(errno, Op::open, path);
    return Input(fs, File(real_fs(), descriptor, path), descriptor, path);
  }
  const Result<Place> place = open_parent_resolved(fs, path);
  if (!place) return Unexpected{place.error()};
  Result<File> file = fs.open(place->dir, place->name, Access::read);
  if (!file) return Unexpected{std::move(file).error()};
  return Input(fs, std::move(*file), k_no_stream, path);
}

Result<std::size_t> Input::read(std::span<char> into) {
  if (is_stream()) return read_stream(stream_, name_, into.data(), into.size());
  const Result<std::size_t> length = read_fully(*fs_, file_, into.data(), into.size(), offset_);
  if (length) offset_ += *length;
  return length;
}

Result<bool> read_input_pieces(Fs& fs, const Path& path, const TakePiece& take) {
  Result<Input> input = Input::open(fs, path);
  if (!input) return Unexpected{std::move(input).error()};
  const Buffer piece(k_piece_bytes);
  while (true) {
    const Result<std::size_t> length = input->read(piece);
    if (!length) return Unexpected{length.error()};
    if (*length == 0) return true;
    if (!take({piece.data(), *length})) return false;
  }
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
