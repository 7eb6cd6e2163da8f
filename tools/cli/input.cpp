#include "cli/input.h"

#include <unistd.h>

#include <cerrno>
#include <vector>

namespace session::cli {

namespace {

constexpr std::size_t k_piece_bytes = 256 * 1024;

}  // namespace

Result<std::size_t> read_standard_input(char* into, std::size_t size) {
  ssize_t length = -1;
  do {
    length = ::read(STDIN_FILENO, into, size);
  } while (length < 0 && errno == EINTR);
  if (length < 0) return fail_errno(errno, Op::read, std::string(k_standard_input_name));
  return static_cast<std::size_t>(length);
}

Result<bool> read_input_pieces(Fs& fs, const Path& path, const TakePiece& take) {
  std::vector<char> piece(k_piece_bytes);
  if (path == k_standard_input) {
    while (true) {
      const Result<std::size_t> length = read_standard_input(piece.data(), piece.size());
      if (!length) return Unexpected{length.error()};
      if (*length == 0) return true;
      if (!take({piece.data(), *length})) return false;
    }
  }
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
