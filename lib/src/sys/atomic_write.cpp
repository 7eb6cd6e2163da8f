#include "session/atomic_write.h"

#include <cerrno>

#include "session/path.h"
#include "sys/resolve.h"
#include "sys/staged_file.h"

namespace session {
namespace {

constexpr Mode k_dir_mode = 0700;

/// "a/b/" and "a/b" have the parent "a"; "b" has the parent "".
Path without_trailing_slashes(Path path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Result<Place> open_or_make_parent(Fs& fs, const Path& path, Durability durability) {
  Result<Place> place = open_parent(fs, path);
  if (place || place.error().code != Errc::not_found) return place;
  auto [parent, name] = split_path(path);
  if (parent.empty()) return place;
  Result<Dir> dir = open_or_make_dir(fs, parent, durability);
  if (!dir) return Unexpected{std::move(dir).error()};
  return Place{std::move(*dir), std::move(name)};
}

}  // namespace

Result<void> write_fully(Fs& fs, const File& file, ByteView bytes) {
  while (!bytes.empty()) {
    const Result<std::size_t> length = fs.write(file, bytes);
    if (!length && length.error().os_errno == EINTR) continue;
    if (!length) return Unexpected{length.error()};
    if (*length == 0) return fail(Errc::io, Op::write, file.path(), "the system wrote nothing");
    bytes.remove_prefix(*length);
  }
  return {};
}

Result<Dir> open_or_make_dir(Fs& fs, const Path& path, Durability durability) {
  Result<Dir> dir = fs.open_dir(path, FollowLinks::yes);
  if (dir || dir.error().code != Errc::not_found) return dir;
  const Path whole = without_trailing_slashes(path);
  const auto [parent_path, name] = split_path(whole);
  // "" is the working directory, "/" the root: if even that is gone there is nothing to make.
  if (name.empty()) return dir;
  const Result<Dir> parent = open_or_make_dir(fs, parent_path, durability);
  if (!parent) return Unexpected{parent.error()};
  const Result<void> made = fs.make_dir(*parent, name, k_dir_mode);
  if (!made && made.error().code != Errc::exists) return Unexpected{made.error()};
  if (durability == Durability::full) {
    // Also where another process made it a moment ago: it may not have come to flushing it yet.
    if (Result<void> synced = fs.sync(*parent); !synced) return Unexpected{synced.error()};
  }
  return fs.open_dir(path, FollowLinks::yes);
}

namespace {

Result<Written> write_through(Fs& fs, const Dir& dir, const Name& name, const StagedFile::Fill& fill,
                              const WriteOptions& options, const std::optional<Stat>& model,
                              StagedFile::Temporary temporary) {
  Result<StagedFile> staged = StagedFile::stage(fs, dir, name, fill, options, model, temporary);
  if (!staged) return Unexpected{std::move(staged).error()};
  if (Result<void> flushed = staged->flush(); !flushed) return Unexpected{flushed.error()};
  if (Result<void> closed = staged->close(); !closed) return Unexpected{closed.error()};
  return place_staged(fs, dir, name, *staged, options.durability);
}

}  // namespace

Result<Written> place_staged(Fs& fs, const Dir& dir, const Name& name, StagedFile& staged,
                             Durability durability) {
  // Held until the directory is durable: see the header.
  const Result<Published> published = staged.place();
  if (!published) return Unexpected{published.error()};
  if (durability == Durability::full) {
    const Result<void> synced = fs.sync_renamed(dir, name);
    if (!synced) return unconfirmed(synced.error(), join_path(dir.path(), name));
  }
  return published->written;
}

Result<Written> write_staged(Fs& fs, const Dir& dir, const Name& name, const StagedFile::Fill& fill,
                             const WriteOptions& options, const std::optional<Stat>& model) {
  using enum StagedFile::Temporary;
  // With flushes they are what takes the time, and how an unnamed file's first name survives a power cut is
  // tried out on no file system.
  if (options.durability == Durability::none && options.existing == Existing::refuse) {
    Result<Written> written = write_through(fs, dir, name, fill, options, model, unnamed);
    const bool may_not_link =
        !written && written.error().op == Op::link && written.error().code != Errc::exists;
    if (!may_not_link) return written;
  }
  return write_through(fs, dir, name, fill, options, model, named);
}

Result<Written> atomic_write(Fs& fs, const Dir& dir, const Name& name, ByteView bytes,
                             const WriteOptions& options) {
  const auto fill = [&](const File& temporary) { return write_fully(fs, temporary, bytes); };
  return write_staged(fs, dir, name, fill, options, {});
}

Result<Written> atomic_write(Fs& fs, const Dir& dir, const Name& name, const MakeContent& content,
                             const WriteOptions& options) {
  const auto fill = [&](const File& temporary) {
    return content([&](ByteView piece) { return write_fully(fs, temporary, piece); });
  };
  return write_staged(fs, dir, name, fill, options, {});
}

Result<Written> atomic_write(Fs& fs, const Path& path, ByteView bytes, const WriteOptions& options) {
  const Durability durability = options.durability;
  const Result<Place> place = resolve_links(fs, path, [durability](Fs& through, const Path& at) {
    return open_or_make_parent(through, at, durability);
  });
  if (!place) return Unexpected{place.error()};
  return atomic_write(fs, place->dir, place->name, bytes, options);
}

Result<Written> atomic_write(const Path& path, ByteView bytes, const WriteOptions& options) {
  return atomic_write(real_fs(), path, bytes, options);
}

}  // namespace session
