#pragma once
// A file system laid over another, asked before every call. Its handles are those of the file system below,
// so that closing them passes it by.

#include <optional>

#include "session/fs.h"

namespace session::test {

class InterposedFs : public Fs {
 public:
  explicit InterposedFs(Fs& below) : below_(below) {}

  Result<Dir> open_dir(const Path& path, FollowLinks follow) override {
    if (auto error = before(Op::open, path)) return Unexpected{*error};
    return below_.open_dir(path, follow);
  }
  Result<Dir> open_subdir(const Dir& dir, const Name& name) override {
    if (auto error = before(Op::open, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.open_subdir(dir, name);
  }
  Result<void> make_dir(const Dir& dir, const Name& name, Mode mode) override {
    if (auto error = before(Op::mkdir, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.make_dir(dir, name, mode);
  }
  Result<bool> read_dir(Dir& dir, std::vector<DirEntry>& batch) override {
    if (auto error = before(Op::list, dir.path())) return Unexpected{*error};
    return below_.read_dir(dir, batch);
  }
  Result<Stat> stat(const Dir& dir, const Name& name) override {
    if (auto error = before(Op::stat, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.stat(dir, name);
  }
  Result<Stat> stat(const File& file) override {
    if (auto error = before(Op::stat, file.path())) return Unexpected{*error};
    return below_.stat(file);
  }
  Result<Stat> stat(const Dir& dir) override {
    if (auto error = before(Op::stat, dir.path())) return Unexpected{*error};
    return below_.stat(dir);
  }
  Result<Path> read_link(const Dir& dir, const Name& name) override {
    if (auto error = before(Op::readlink, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.read_link(dir, name);
  }
  Result<File> open(const Dir& dir, const Name& name, Access access) override {
    if (auto error = before(Op::open, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.open(dir, name, access);
  }
  Result<File> create(const Dir& dir, const Name& name, Mode mode) override {
    if (auto error = before(Op::create, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.create(dir, name, mode);
  }
  Result<File> pin(const Dir& dir, const Name& name) override {
    if (auto error = before(Op::open, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.pin(dir, name);
  }
  Result<DataExtent> find_data(const File& file, std::uint64_t offset) override {
    if (auto error = before(Op::read, file.path())) return Unexpected{*error};
    return below_.find_data(file, offset);
  }
  Result<std::size_t> read_at(const File& file, char* into, std::size_t size, std::uint64_t offset) override {
    if (auto error = before(Op::read, file.path())) return Unexpected{*error};
    return below_.read_at(file, into, size, offset);
  }
  Result<std::size_t> write(const File& file, ByteView bytes) override {
    if (auto error = before(Op::write, file.path())) return Unexpected{*error};
    return below_.write(file, bytes.substr(0, room_for(bytes.size())));
  }
  Result<void> truncate(const File& file, std::uint64_t size) override {
    if (auto error = before(Op::truncate, file.path())) return Unexpected{*error};
    return below_.truncate(file, size);
  }
  Result<void> set_mode(const File& file, Mode mode) override {
    if (auto error = before(Op::chmod, file.path())) return Unexpected{*error};
    return below_.set_mode(file, mode);
  }
  Result<void> set_owner(const File& file, std::uint32_t uid, std::uint32_t gid) override {
    if (auto error = before(Op::chown, file.path())) return Unexpected{*error};
    return below_.set_owner(file, uid, gid);
  }
  Result<void> sync(const File& file, SyncKind kind) override {
    if (auto error = before(Op::fsync, file.path())) return Unexpected{*error};
    return below_.sync(file, kind);
  }
  Result<void> sync(const Dir& dir) override {
    if (auto error = before(Op::fsync, dir.path())) return Unexpected{*error};
    return below_.sync(dir);
  }
  Result<void> sync_file_system(const Dir& dir) override {
    if (auto error = before(Op::fsync, dir.path())) return Unexpected{*error};
    return below_.sync_file_system(dir);
  }
  Result<void> rename(const Dir& from_dir, const Name& from, const Dir& to_dir, const Name& to) override {
    if (auto error = before(Op::rename, join_path(to_dir.path(), to))) return Unexpected{*error};
    return below_.rename(from_dir, from, to_dir, to);
  }
  Result<void> rename_no_replace(const Dir& from_dir, const Name& from, const Dir& to_dir,
                                 const Name& to) override {
    if (auto error = before(Op::rename, join_path(to_dir.path(), to))) return Unexpected{*error};
    return below_.rename_no_replace(from_dir, from, to_dir, to);
  }
  Result<void> unlink(const Dir& dir, const Name& name) override {
    if (auto error = before(Op::unlink, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.unlink(dir, name);
  }
  Result<void> remove_dir(const Dir& dir, const Name& name) override {
    if (auto error = before(Op::unlink, join_path(dir.path(), name))) return Unexpected{*error};
    return below_.remove_dir(dir, name);
  }
  Result<void> try_lock(const File& file, LockKind kind) override {
    if (auto error = before(Op::lock, file.path())) return Unexpected{*error};
    return below_.try_lock(file, kind);
  }
  Result<void> close(File file) override {
    if (auto error = before(Op::close, file.path())) return Unexpected{*error};
    return below_.close(std::move(file));
  }
  void discard(int descriptor) noexcept override { below_.discard(descriptor); }

 protected:
  /// An error to answer with instead of calling the file system below.
  virtual std::optional<Error> before(Op op, const Path& subject) = 0;
  /// How much of a write of `size` bytes the file system below gets to see.
  virtual std::size_t room_for(std::size_t size) { return size; }

 private:
  Fs& below_;
};

}  // namespace session::test
