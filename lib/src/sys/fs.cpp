#include "session/fs.h"

#include <algorithm>
#include <cerrno>

#include "session/path.h"
#include "sys/read_once.h"
#include "sys/resolve.h"
#include "sys/staged_file.h"

namespace session {

Result<OpenedFile> Fs::open_described(const Dir& dir, const Name& name, Access access) {
  Result<File> file = open(dir, name, access);
  if (!file) return Unexpected{std::move(file).error()};
  const Result<Stat> about = stat(*file);
  if (!about) return Unexpected{about.error()};
  return OpenedFile{std::move(*file), *about};
}

Result<OpenedFile> Fs::create_described(const Dir& dir, const Name& name, Mode mode) {
  Result<File> file = create(dir, name, mode);
  if (!file) return Unexpected{std::move(file).error()};
  Result<Stat> about = stat(*file);
  if (about) return OpenedFile{std::move(*file), *about};
  tell_what_stays(about.error(), unlink(dir, name));
  return Unexpected{std::move(about).error()};
}

Result<File> Fs::create_unnamed(const Dir& dir, Mode /*mode*/) {
  return fail_errno(EOPNOTSUPP, Op::create, dir.path());
}

Result<void> Fs::link_unnamed(const File& /*file*/, const Dir& dir, const Name& name) {
  return fail_errno(EOPNOTSUPP, Op::link, join_path(dir.path(), name));
}

Result<void> Fs::sync_renamed(const Dir& dir, const Name& /*name*/) { return sync(dir); }

Result<DataExtent> Fs::find_data(const File& /*file*/, std::uint64_t offset) {
  return DataExtent{offset, k_to_the_end};
}

Result<Place> open_parent(Fs& fs, const Path& path) {
  auto [parent, name] = split_path(path);
  if (name.empty() || name == "." || name == "..") {
    return fail(Errc::bad_argument, Op::resolve, path, "the path does not name a file");
  }
  Result<Dir> dir = fs.open_dir(parent, FollowLinks::yes);
  if (!dir) return Unexpected{std::move(dir).error()};
  return Place{std::move(*dir), std::move(name)};
}

Result<Place> resolve_links(Fs& fs, const Path& path, const OpenParent& open) {
  constexpr int k_most_hops = 40;  // what Linux allows, path_resolution(7)
  Path current = path;
  for (int hop = 0; hop <= k_most_hops; ++hop) {
    Result<Place> place = open(fs, current);
    if (!place) return place;
    const Result<Stat> about = fs.stat(place->dir, place->name);
    if (!about && about.error().code != Errc::not_found) return Unexpected{about.error()};
    if (!about || about->type != FileType::symlink) return place;
    const Result<Path> target = fs.read_link(place->dir, place->name);
    if (!target) return Unexpected{target.error()};
    current = target->starts_with('/') ? *target : join_path(place->dir.path(), *target);
  }
  return fail_errno(ELOOP, Op::resolve, path);
}

Result<Place> open_parent_resolved(Fs& fs, const Path& path) { return resolve_links(fs, path, open_parent); }

Result<std::size_t> read_once(Fs& fs, const File& file, char* into, std::size_t size, std::uint64_t offset) {
  for (;;) {
    Result<std::size_t> got = fs.read_at(file, into, size, offset);
    if (got || got.error().os_errno != EINTR) return got;
  }
}

Result<std::size_t> read_fully(Fs& fs, const File& file, char* into, std::size_t size, std::uint64_t offset) {
  std::size_t length = 0;
  while (length < size) {
    Result<std::size_t> got = read_once(fs, file, into + length, size - length, offset + length);
    if (!got) return got;
    if (*got == 0) break;
    length += *got;
  }
  return length;
}

Result<std::uint64_t> read_pieces(Fs& fs, const File& file, std::span<char> buffer, std::uint64_t from,
                                  std::uint64_t until, const TakePiece& take) {
  std::uint64_t at = from;
  while (at < until) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), until - at);
    const Result<std::size_t> got = read_fully(fs, file, buffer.data(), wanted, at);
    if (!got) return Unexpected{got.error()};
    at += *got;
    if (*got > 0 && !take(ByteView(buffer.data(), *got))) break;
    if (*got < wanted) break;
  }
  return at;
}

Result<Bytes> read_all(Fs& fs, const File& file, std::uint64_t limit) {
  const Result<Stat> about = fs.stat(file);
  if (!about) return Unexpected{about.error()};
  return read_all(fs, file, about->size, limit);
}

Result<Bytes> read_all(Fs& fs, const File& file, std::uint64_t size, std::uint64_t limit) {
  Bytes bytes;
  // One byte more than the file says to hold, so that its end shows at the first read.
  std::size_t room = static_cast<std::size_t>(std::min(size, limit)) + 1;
  for (std::size_t length = 0;;) {
    reserve_large(bytes, room);
    bytes.resize(room);
    const Result<std::size_t> got = read_once(fs, file, bytes.data() + length, room - length, length);
    if (!got) return Unexpected{got.error()};
    length += *got;
    if (length > limit) return fail(Errc::too_large, Op::read, file.path());
    if (*got == 0 || (length == size && length < room)) {
      bytes.resize(length);
      return bytes;
    }
    if (length == room) room *= 2;
  }
}

}  // namespace session
