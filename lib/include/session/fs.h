#pragma once
// Fs: the narrow seam to the operating system. Everything the library does to files goes through
// it, relative to an open directory, so that tests can put an in-memory file system, injected
// faults, or a model of what survives a power cut underneath, and tracing can be laid over it.
//
// A call of Fs is one system call wherever that is possible: loops over short writes and EINTR live
// in the callers, so that they too are tested. Errors carry as subject the path: that of the directory
// as it was opened, joined with the name the caller passed.
//
// What does not belong here: policy, retries, sequences of calls (atomic_write.h, execute.h).

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "session/bytes.h"
#include "session/error.h"

namespace session {

class Fs;

/// An open file or directory; closes itself. Move-only. A default-constructed handle is empty.
template <class Tag>
class Handle {
 public:
  Handle() = default;
  Handle(Fs& fs, int descriptor, Path path) : fs_(&fs), descriptor_(descriptor), path_(std::move(path)) {}
  Handle(Handle&& other) noexcept { swap(other); }
  Handle& operator=(Handle&& other) noexcept {
    Handle(std::move(other)).swap(*this);
    return *this;
  }
  ~Handle();

  explicit operator bool() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// The path it was opened by, for messages and for nothing else.
  [[nodiscard]] const Path& path() const { return path_; }
  /// Gives the descriptor up without closing it; for Fs::close.
  int release() { return std::exchange(descriptor_, -1); }

 private:
  void swap(Handle& other) noexcept {
    std::swap(fs_, other.fs_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
  }
  Fs* fs_ = nullptr;
  int descriptor_ = -1;
  Path path_;
};
struct FileTag;
struct DirTag;
using File = Handle<FileTag>;
using Dir = Handle<DirTag>;

enum class FileType : std::uint8_t { regular, directory, symlink, other, unknown };

struct Stat {
  FileType type = FileType::unknown;
  std::uint32_t mode = 0;  ///< permission bits, 07777
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t dev = 0, ino = 0, size = 0, links = 0;
  std::int64_t mtime_ns = 0;
};

/// What a decision was based on. No ctime: our own renames change it.
struct FileId {
  std::uint64_t dev = 0, ino = 0, size = 0;
  std::int64_t mtime_ns = 0;
  friend bool operator==(const FileId&, const FileId&) = default;
};
inline FileId id_of(const Stat& stat) { return {stat.dev, stat.ino, stat.size, stat.mtime_ns}; }

struct DirEntry {
  Name name;
  FileType type = FileType::unknown;  ///< unknown where the file system does not say
};

/// A file just opened, and what it is.
struct OpenedFile {
  File file;
  Stat about;
};

/// Where bytes are stored: [begin, end). Before it, back to the offset asked for, all bytes are NUL.
struct DataExtent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};
inline constexpr std::uint64_t k_to_the_end = ~std::uint64_t{0};

/// Reads small files of a directory, several with one system call; from Fs::batch_reader(). One belongs to
/// one thread: the one that read first with it.
class BatchReader {
 public:
  static constexpr std::size_t k_files = 16;
  static constexpr std::size_t k_room = 16 * 1024;  ///< bytes; a larger file, or one as large, has no content

  virtual ~BatchReader() = default;
  /// Whether it can read in `dir`: asked once, before the first read() there.
  [[nodiscard]] virtual bool reads_from(const Dir& dir) const = 0;
  /// Reads the files `names` in `dir`, at most k_files, none larger than k_room. Symlinks are not followed.
  /// They may stay open until the next read().
  virtual void read(const Dir& dir, std::span<const Name* const> names) = 0;
  /// All that the file held at one moment, valid until the next read(). Empty where it has to be read the
  /// usual way, which tells why: it is empty, too large, no regular file, or could not be read.
  [[nodiscard]] virtual ByteView content(std::size_t index) const = 0;
};

using Mode = std::uint32_t;
enum class LockKind : std::uint8_t { shared, exclusive };
enum class Access : std::uint8_t { read, append };
enum class FollowLinks : bool { no, yes };
enum class SyncKind : std::uint8_t { full /* fsync */, content /* fdatasync */ };

class Fs {
 public:
  virtual ~Fs() = default;

  /// Opens a directory by path ("" and "." are the working directory). With FollowLinks::no the
  /// last component must not be a symlink (not_regular).
  virtual Result<Dir> open_dir(const Path& path, FollowLinks follow) = 0;
  /// Opens the directory `name` in `dir`; never follows a symlink.
  virtual Result<Dir> open_subdir(const Dir& dir, const Name& name) = 0;
  virtual Result<void> make_dir(const Dir& dir, const Name& name, Mode mode) = 0;

  /// Appends the next batch of entries ("." and ".." left out, order of the file system) and
  /// returns whether there may be more. An error is never taken for the end.
  virtual Result<bool> read_dir(Dir& dir, std::vector<DirEntry>& batch) = 0;

  /// lstat: describes a symlink itself.
  virtual Result<Stat> stat(const Dir& dir, const Name& name) = 0;
  virtual Result<Stat> stat(const File& file) = 0;
  virtual Result<Stat> stat(const Dir& dir) = 0;
  virtual Result<Path> read_link(const Dir& dir, const Name& name) = 0;

  /// Opens an existing file. Never follows a symlink and never blocks on a FIFO; what is not a
  /// regular file is refused with not_regular. Access::append reads anywhere and writes at the end.
  virtual Result<File> open(const Dir& dir, const Name& name, Access access) = 0;
  /// open() and stat() of the file; what has to look at it for open() anyway does so once.
  virtual Result<OpenedFile> open_described(const Dir& dir, const Name& name, Access access);
  /// Creates a new file for writing (O_EXCL|O_NOFOLLOW): `exists` if the name is taken. The mode is
  /// exact, whatever the umask.
  virtual Result<File> create(const Dir& dir, const Name& name, Mode mode) = 0;
  /// create() and stat() of the file; what has to look at it for create() anyway does so once.
  virtual Result<OpenedFile> create_described(const Dir& dir, const Name& name, Mode mode);
  /// Creates a new file for writing that has no name yet; it is gone when it closes, unless link_unnamed()
  /// gave it one. Its mode may lack what the umask takes. Any error where a file system knows no such files.
  virtual Result<File> create_unnamed(const Dir& dir, Mode mode);
  /// Names the file of create_unnamed(): `exists` if the name is taken.
  virtual Result<void> link_unnamed(const File& file, const Dir& dir, const Name& name);
  /// Holds the inode behind `name` without access to its content (O_PATH|O_NOFOLLOW): its blocks
  /// cannot be reused until the handle closes.
  virtual Result<File> pin(const Dir& dir, const Name& name) = 0;

  /// Reads up to `size` bytes at `offset`; 0 means end of file. May be short; EINTR is an error
  /// with os_errno EINTR.
  virtual Result<std::size_t> read_at(const File& file, char* into, std::size_t size,
                                      std::uint64_t offset) = 0;
  /// nullptr where files are better read one by one.
  virtual std::unique_ptr<BatchReader> batch_reader() { return nullptr; }
  /// The data next to `offset`, holes before it passed over (SEEK_DATA, SEEK_HOLE); {k_to_the_end,
  /// k_to_the_end} where only a hole follows. A file system that knows no holes calls everything data.
  virtual Result<DataExtent> find_data(const File& file, std::uint64_t offset);
  /// One write(2) at the end (append) or behind the last write (create): may be short.
  virtual Result<std::size_t> write(const File& file, ByteView bytes) = 0;
  virtual Result<void> truncate(const File& file, std::uint64_t size) = 0;
  virtual Result<void> set_mode(const File& file, Mode mode) = 0;
  virtual Result<void> set_owner(const File& file, std::uint32_t uid, std::uint32_t gid) = 0;

  virtual Result<void> sync(const File& file, SyncKind kind) = 0;
  virtual Result<void> sync(const Dir& dir) = 0;
  /// sync() of `dir`, in which a file was renamed to `name`: after it the new name survives a power cut also
  /// where fsync of the directory alone does not see to that (btrfs, see fs_posix.cpp).
  virtual Result<void> sync_renamed(const Dir& dir, const Name& name);
  /// syncfs: everything dirty on the file system of `dir`, other programs' data included.
  virtual Result<void> sync_file_system(const Dir& dir) = 0;

  /// Replaces `to` if it exists, in one step.
  virtual Result<void> rename(const Dir& from_dir, const Name& from, const Dir& to_dir, const Name& to) = 0;
  /// `exists` if `to` is taken; never replaces (renameat2 RENAME_NOREPLACE; where the file system
  /// lacks it, link + unlink).
  virtual Result<void> rename_no_replace(const Dir& from_dir, const Name& from, const Dir& to_dir,
                                         const Name& to) = 0;
  virtual Result<void> unlink(const Dir& dir, const Name& name) = 0;
  virtual Result<void> remove_dir(const Dir& dir, const Name& name) = 0;

  /// flock without waiting: `busy` if another open file description holds it. Released when the
  /// file closes, however the process ends.
  virtual Result<void> try_lock(const File& file, LockKind kind) = 0;

  /// Closes and reports: for writers that must know. Never retried (on Linux the descriptor is gone
  /// even after EINTR, close(2)).
  virtual Result<void> close(File file) = 0;

  /// Closes without a report; handles call it when they die.
  virtual void discard(int descriptor) noexcept = 0;
};

template <class Tag>
Handle<Tag>::~Handle() {
  if (fs_ != nullptr && descriptor_ >= 0) fs_->discard(descriptor_);
}

/// The machine's file system. Thread-safe: it has no state.
Fs& real_fs();

/// A directory and a name in it: where a path's last component lives.
struct Place {
  Dir dir;
  Name name;
};

/// Splits `path` and opens its parent, following symlinks in the parent part only. bad_argument
/// for "", "/", and paths that end in '/', "." or "..".
Result<Place> open_parent(Fs& fs, const Path& path);

/// The same for the file that `path` means: where its last component is a symlink, the place the link
/// leads to, which need not exist (at most 40 hops, not_regular with ELOOP beyond).
Result<Place> open_parent_resolved(Fs& fs, const Path& path);

/// Reads `size` bytes at `offset`, fewer only at the end of the file. EINTR retried.
Result<std::size_t> read_fully(Fs& fs, const File& file, char* into, std::size_t size, std::uint64_t offset);

/// Reads `file` from byte `from` up to `until`, or to its end if that comes first, piece by piece through
/// `buffer` (not empty); `take` gets each piece and returns false to stop. Returns the offset after the last
/// byte read. EINTR retried.
using TakePiece = std::function<bool(ByteView piece)>;
Result<std::uint64_t> read_pieces(Fs& fs, const File& file, std::span<char> buffer, std::uint64_t from,
                                  std::uint64_t until, const TakePiece& take);

/// Reads a whole file through `file` in one buffer; too_large beyond `limit` bytes. EINTR retried. Its end is
/// where a read(2) gives nothing, or all that stat() says of it where a byte more was asked for.
Result<Bytes> read_all(Fs& fs, const File& file, std::uint64_t limit);
/// The same of a file that is known to hold `size` bytes; it is believed no further than it can be read.
Result<Bytes> read_all(Fs& fs, const File& file, std::uint64_t size, std::uint64_t limit);

}  // namespace session
