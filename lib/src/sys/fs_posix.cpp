#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "session/fs.h"
#include "sys/batch_reader.h"

namespace session {
namespace {

Unexpected<Error> last_error(Op op, Path subject) { return fail_errno(errno, op, std::move(subject)); }

Unexpected<Error> last_error(Op op, const Dir& dir, const Name& name) {
  const int os_errno = errno;  // building the path may change it
  return fail_errno(os_errno, op, join_path(dir.path(), name));
}

Result<void> checked(int outcome, Op op, const Path& subject) {
  if (outcome != 0) return last_error(op, subject);
  return {};
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::regular;
  if (S_ISDIR(mode)) return FileType::directory;
  if (S_ISLNK(mode)) return FileType::symlink;
  return FileType::other;
}

/// btrfs, or what may stand on it.
bool may_be_btrfs(const Dir& dir) {
  struct statfs about;
  return ::fstatfs(dir.descriptor(), &about) == 0 &&
         (about.f_type == BTRFS_SUPER_MAGIC || about.f_type == OVERLAYFS_SUPER_MAGIC);
}

/// Flushes a file together with the name that it has just got. While other processes flush the same
/// directory, fsync of it on btrfs (seen on Linux 6.18) may return at once and write nothing: a rename in a
/// directory that is in the log tree already is logged by the rename itself, and in the first log of a
/// transaction that counts as flushed. fsync of the renamed file is never left out, and logs its directories
/// with it.
Result<void> sync_new_name(const Dir& dir, const Name& name) {
  const int file = ::openat(dir.descriptor(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat about;
  const bool is_file = file >= 0 && ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
  // Not ours to read, gone again, or taken by something else: everything is flushed instead.
  Result<void> flushed = is_file ? checked(::fsync(file), Op::fsync, join_path(dir.path(), name))
                                 : checked(::syncfs(dir.descriptor()), Op::fsync, dir.path());
  if (file >= 0) ::close(file);
  return flushed;
}

FileType type_of_entry(unsigned char type) {
  switch (type) {
    case DT_REG: return FileType::regular;
    case DT_DIR: return FileType::directory;
    case DT_LNK: return FileType::symlink;
    case DT_UNKNOWN: return FileType::unknown;
    default: return FileType::other;
  }
}

Stat convert(const struct stat& from) {
  Stat stat;
  stat.type = type_of(from.st_mode);
  stat.mode = from.st_mode & 07777;
  stat.uid = from.st_uid;
  stat.gid = from.st_gid;
  stat.dev = from.st_dev;
  stat.ino = from.st_ino;
  stat.size = static_cast<std::uint64_t>(from.st_size);
  stat.links = from.st_nlink;
  stat.mtime_ns = std::int64_t{from.st_mtim.tv_sec} * 1'000'000'000 + from.st_mtim.tv_nsec;
  return stat;
}

Result<Stat> stat_descriptor(int descriptor, const Path& path) {
  struct stat about;
  if (::fstat(descriptor, &about) != 0) return last_error(Op::stat, path);
  return convert(about);
}

int flags_of(Access access) {
  switch (access) {
    case Access::read: return O_RDONLY;
    case Access::append: return O_RDWR | O_APPEND;
  }
  return O_RDONLY;
}

class RealFs final : public Fs {
 public:
  Result<Dir> open_dir(const Path& path, FollowLinks follow) override {
    const int no_follow = follow == FollowLinks::no ? O_NOFOLLOW : 0;
    const char* const at = path.empty() ? "." : path.c_str();
    const int descriptor = ::open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC | no_follow);
    if (descriptor < 0) return not_a_directory(AT_FDCWD, at, path);
    return Dir(*this, descriptor, path);
  }

  Result<Dir> open_subdir(const Dir& dir, const Name& name) override {
    const int descriptor =
        ::openat(dir.descriptor(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    Path path = join_path(dir.path(), name);
    if (descriptor < 0) return not_a_directory(dir.descriptor(), name.c_str(), path);
    return Dir(*this, descriptor, std::move(path));
  }

  Result<void> make_dir(const Dir& dir, const Name& name, Mode mode) override {
    if (::mkdirat(dir.descriptor(), name.c_str(), mode) != 0) return last_error(Op::mkdir, dir, name);
    return {};
  }

  Result<bool> read_dir(Dir& dir, std::vector<DirEntry>& batch) override {
    alignas(struct dirent64) std::array<char, 32'768> buffer;
    const ssize_t length = ::getdents64(dir.descriptor(), buffer.data(), buffer.size());
    if (length < 0) return last_error(Op::list, dir.path());
    for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
      unsigned short record_length = 0;
      unsigned char type = 0;
      std::memcpy(&record_length, &buffer[at + offsetof(dirent64, d_reclen)], sizeof record_length);
      std::memcpy(&type, &buffer[at + offsetof(dirent64, d_type)], sizeof type);
      const std::string_view name = &buffer[at + offsetof(dirent64, d_name)];
      if (name != "." && name != "..") batch.push_back({Name(name), type_of_entry(type)});
      at += record_length;
    }
    return length > 0;
  }

  Result<Stat> stat(const Dir& dir, const Name& name) override {
    struct stat about;
    if (::fstatat(dir.descriptor(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
      return last_error(Op::stat, dir, name);
    }
    return convert(about);
  }
  Result<Stat> stat(const File& file) override { return stat_descriptor(file.descriptor(), file.path()); }
  Result<Stat> stat(const Dir& dir) override { return stat_descriptor(dir.descriptor(), dir.path()); }

  Result<Path> read_link(const Dir& dir, const Name& name) override {
    std::array<char, 4'096> target;  // PATH_MAX: no longer target can be made
    const ssize_t length = ::readlinkat(dir.descriptor(), name.c_str(), target.data(), target.size());
    if (length < 0) return last_error(Op::readlink, dir, name);
    return Path(target.data(), static_cast<std::size_t>(length));
  }

  Result<File> open(const Dir& dir, const Name& name, Access access) override {
    Result<OpenedFile> opened = open_described(dir, name, access);
    if (!opened) return Unexpected{std::move(opened).error()};
    return std::move(opened->file);
  }

  Result<OpenedFile> open_described(const Dir& dir, const Name& name, Access access) override {
    const int descriptor =
        open_quietly(dir, name, flags_of(access) | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return last_error(Op::open, dir, name);
    File file(*this, descriptor, join_path(dir.path(), name));
    const Result<Stat> about = stat(file);
    if (!about) return Unexpected{about.error()};
    if (about->type != FileType::regular) return fail(Errc::not_regular, Op::open, file.path());
    return OpenedFile{std::move(file), *about};
  }

  Result<File> create(const Dir& dir, const Name& name, Mode mode) override {
    Result<OpenedFile> created = create_described(dir, name, mode);
    if (!created) return Unexpected{std::move(created).error()};
    return std::move(created->file);
  }

  Result<OpenedFile> create_described(const Dir& dir, const Name& name, Mode mode) override {
    const int descriptor =
        ::openat(dir.descriptor(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (descriptor < 0) return last_error(Op::create, dir, name);
    File file(*this, descriptor, join_path(dir.path(), name));
    const Result<Stat> exact = make_exact(file, mode);
    if (exact) return OpenedFile{std::move(file), *exact};
    ::unlinkat(dir.descriptor(), name.c_str(), 0);
    return Unexpected{exact.error()};
  }

  Result<File> create_unnamed(const Dir& dir, Mode mode) override {
    // The way to a name leads through /proc (open(2)), which not every container has.
    static const bool may_be_named = ::access("/proc/self/fd", X_OK) == 0;
    if (!may_be_named) return Fs::create_unnamed(dir, mode);
    const int descriptor = ::openat(dir.descriptor(), ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
    if (descriptor < 0) return last_error(Op::create, dir.path());
    return File(*this, descriptor, dir.path());
  }

  Result<void> link_unnamed(const File& file, const Dir& dir, const Name& name) override {
    // By the descriptor alone root may, and since Linux 6.10 whoever opened it; to others it does not exist.
    if (links_by_descriptor_.load(std::memory_order_relaxed)) {
      if (::linkat(file.descriptor(), "", dir.descriptor(), name.c_str(), AT_EMPTY_PATH) == 0) return {};
      if (errno != ENOENT) return last_error(Op::link, dir, name);
      links_by_descriptor_.store(false, std::memory_order_relaxed);
    }
    const std::string at = "/proc/self/fd/" + std::to_string(file.descriptor());
    if (::linkat(AT_FDCWD, at.c_str(), dir.descriptor(), name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return last_error(Op::link, dir, name);
    }
    return {};
  }

  Result<File> pin(const Dir& dir, const Name& name) override {
    const int descriptor = ::openat(dir.descriptor(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) return last_error(Op::open, dir, name);
    return File(*this, descriptor, join_path(dir.path(), name));
  }

  Result<std::size_t> read_at(const File& file, char* into, std::size_t size, std::uint64_t offset) override {
    const ssize_t length = ::pread(file.descriptor(), into, size, static_cast<off_t>(offset));
    if (length < 0) return last_error(Op::read, file.path());
    return static_cast<std::size_t>(length);
  }

  std::unique_ptr<BatchReader> batch_reader() override { return make_batch_reader(); }

  Result<DataExtent> find_data(const File& file, std::uint64_t offset) override {
    const off_t begin = ::lseek(file.descriptor(), static_cast<off_t>(offset), SEEK_DATA);
    if (begin < 0 && errno == ENXIO) return DataExtent{k_to_the_end, k_to_the_end};
    // EINVAL: a file system that has never heard of holes, as procfs.
    if (begin < 0 && errno == EINVAL) return DataExtent{offset, k_to_the_end};
    if (begin < 0) return last_error(Op::read, file.path());
    const off_t end = ::lseek(file.descriptor(), begin, SEEK_HOLE);
    // Cut short meanwhile.
    if (end < 0 && errno == ENXIO) return DataExtent{k_to_the_end, k_to_the_end};
    if (end < 0) return last_error(Op::read, file.path());
    return DataExtent{static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)};
  }

  Result<std::size_t> write(const File& file, ByteView bytes) override {
    const ssize_t length = ::write(file.descriptor(), bytes.data(), bytes.size());
    if (length < 0) return last_error(Op::write, file.path());
    return static_cast<std::size_t>(length);
  }

  Result<void> truncate(const File& file, std::uint64_t size) override {
    return checked(::ftruncate(file.descriptor(), static_cast<off_t>(size)), Op::truncate, file.path());
  }
  Result<void> set_mode(const File& file, Mode mode) override {
    return checked(::fchmod(file.descriptor(), mode), Op::chmod, file.path());
  }
  Result<void> set_owner(const File& file, std::uint32_t uid, std::uint32_t gid) override {
    return checked(::fchown(file.descriptor(), uid, gid), Op::chown, file.path());
  }

  Result<void> sync(const File& file, SyncKind kind) override {
    const int descriptor = file.descriptor();
    return checked(kind == SyncKind::full ? ::fsync(descriptor) : ::fdatasync(descriptor), Op::fsync,
                   file.path());
  }
  Result<void> sync(const Dir& dir) override {
    return checked(::fsync(dir.descriptor()), Op::fsync, dir.path());
  }
  Result<void> sync_renamed(const Dir& dir, const Name& name) override {
    if (may_be_btrfs(dir)) {
      if (Result<void> logged = sync_new_name(dir, name); !logged) return logged;
    }
    return sync(dir);
  }
  Result<void> sync_file_system(const Dir& dir) override {
    return checked(::syncfs(dir.descriptor()), Op::fsync, dir.path());
  }

  Result<void> rename(const Dir& from_dir, const Name& from, const Dir& to_dir, const Name& to) override {
    if (::renameat(from_dir.descriptor(), from.c_str(), to_dir.descriptor(), to.c_str()) != 0) {
      return last_error(Op::rename, to_dir, to);
    }
    return {};
  }

  Result<void> rename_no_replace(const Dir& from_dir, const Name& from, const Dir& to_dir,
                                 const Name& to) override {
    const int source = from_dir.descriptor();
    const int target = to_dir.descriptor();
    if (::renameat2(source, from.c_str(), target, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno != EINVAL && errno != ENOSYS) return last_error(Op::rename, to_dir, to);
    // NFS, and FUSE daemons of the old interface: no flags to rename, but link never replaces.
    if (::linkat(source, from.c_str(), target, to.c_str(), 0) != 0) return last_error(Op::link, to_dir, to);
    if (::unlinkat(source, from.c_str(), 0) == 0) return {};
    const int reason = errno;
    ::unlinkat(target, to.c_str(), 0);
    return fail_errno(reason, Op::unlink, join_path(from_dir.path(), from));
  }

  Result<void> unlink(const Dir& dir, const Name& name) override {
    if (::unlinkat(dir.descriptor(), name.c_str(), 0) != 0) return last_error(Op::unlink, dir, name);
    return {};
  }
  Result<void> remove_dir(const Dir& dir, const Name& name) override {
    if (::unlinkat(dir.descriptor(), name.c_str(), AT_REMOVEDIR) != 0)
      return last_error(Op::unlink, dir, name);
    return {};
  }

  Result<void> try_lock(const File& file, LockKind kind) override {
    const int how = kind == LockKind::exclusive ? LOCK_EX : LOCK_SH;
    return checked(::flock(file.descriptor(), how | LOCK_NB), Op::lock, file.path());
  }

  Result<void> close(File file) override {
    const Path path = file.path();
    return checked(::close(file.release()), Op::close, path);
  }

  void discard(int descriptor) noexcept override { ::close(descriptor); }

 private:
  /// Whatever the umask took away; what the file is then.
  Result<Stat> make_exact(const File& file, Mode mode) {
    Result<Stat> about = stat(file);
    if (!about || about->mode == mode) return about;
    if (Result<void> exact = set_mode(file, mode); !exact) return Unexpected{std::move(exact).error()};
    about->mode = mode;
    return about;
  }

  /// Without noting the access where that is allowed (to the owner, and to root): looking over a store
  /// would else write to the inode of every file in it, every day.
  int open_quietly(const Dir& dir, const Name& name, int flags) {
    if (may_be_quiet_.load(std::memory_order_relaxed)) {
      const int descriptor = ::openat(dir.descriptor(), name.c_str(), flags | O_NOATIME);
      if (descriptor >= 0 || errno != EPERM) return descriptor;
      may_be_quiet_.store(false, std::memory_order_relaxed);
    }
    return ::openat(dir.descriptor(), name.c_str(), flags);
  }

  /// ENOTDIR stands both for a missing way and for a thing that is there but no directory (O_DIRECTORY
  /// with O_NOFOLLOW gives it for a symlink); callers need them apart.
  static Unexpected<Error> not_a_directory(int at, const char* name, const Path& path) {
    const int reason = errno;
    struct stat about;
    if (reason == ENOTDIR && ::fstatat(at, name, &about, AT_SYMLINK_NOFOLLOW) == 0) {
      return Unexpected{Error{Errc::not_regular, Op::open, reason, path, {}}};
    }
    return fail_errno(reason, Op::open, path);
  }

  std::atomic<bool> may_be_quiet_ = true;         ///< until it was refused once
  std::atomic<bool> links_by_descriptor_ = true;  ///< the same
};

}  // namespace

Fs& real_fs() {
  static RealFs fs;
  return fs;
}

}  // namespace session
