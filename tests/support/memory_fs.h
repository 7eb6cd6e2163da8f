#pragma once
// A file system in memory that also knows what of it would survive a power cut.
//
// Assumptions about the medium, the weakest that journaled file systems keep (docs/safety.md):
//  - A change of names (create, unlink, rename, mkdir) survives whole or not at all. Unflushed changes
//    survive independently of each other, whatever their order, unless they concern the same name: then in
//    order.
//  - A flush of a directory keeps every change of its names so far; of a rename between directories, the
//    flush of the one that got the name does.
//  - Unflushed content survives block by block, independently of each other and of the size, as any version
//    it had; behind flushed bytes a block may also hold zeroes, and one without any what another file left.
//  - A flush of a file keeps its content, not its name. Bytes once flushed stay, whatever is appended.
//  - When the last name and the last open handle of a file are gone its blocks may be given to others, even
//    though the change that took the name away may yet be undone by the power cut.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "session/fs.h"

namespace session::test {

struct Node;
using NodePtr = std::shared_ptr<Node>;

struct Node {
  FileType type = FileType::regular;
  Mode mode = 0600;
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t ino = 0, links = 0, handles = 0;
  std::int64_t mtime_ns = 0;
  Bytes content;                    // of a file, or the target of a symlink
  std::map<Name, NodePtr> entries;  // of a directory

  std::vector<Bytes> versions = {""};  // since the last flush: front() is on the medium
  std::map<Name, NodePtr> flushed_entries;
  bool given_away = false;  // the blocks may hold somebody else's bytes
};

/// One change of names, whole or not at all.
struct NameChange {
  struct Entry {
    NodePtr dir;
    Name name;
    NodePtr node;  // empty: the name is gone
  };
  std::vector<Entry> entries;  // the last one decides which directory's flush keeps it
};

/// Whether one of the names is the same: such changes survive in their order.
bool share_a_name(const NameChange& a, const NameChange& b);

class MemoryFs final : public Fs {
 public:
  MemoryFs();
  explicit MemoryFs(NodePtr root);
  MemoryFs(const MemoryFs&) = delete;
  MemoryFs& operator=(const MemoryFs&) = delete;

  // For tests: everything that was done so far is on the medium.
  void settle();
  /// Nothing changes any more, whatever handles close.
  void freeze() { frozen_ = true; }
  /// Room for file content altogether; writes beyond are short, then ENOSPC.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  void add_file(const Path& path, Bytes content);
  void add_symlink(const Path& path, Path target);
  /// Content by absolute path; nullopt if there is no such file.
  [[nodiscard]] std::optional<Bytes> content(const Path& path) const;
  /// The names in a directory, sorted; empty if there is none.
  [[nodiscard]] std::vector<Name> names(const Path& path) const;
  [[nodiscard]] const NodePtr& root() const { return root_; }
  [[nodiscard]] const std::vector<NameChange>& unflushed_changes() const { return changes_; }

  Result<Dir> open_dir(const Path& path, FollowLinks follow) override;
  Result<Dir> open_subdir(const Dir& dir, const Name& name) override;
  Result<void> make_dir(const Dir& dir, const Name& name, Mode mode) override;
  Result<bool> read_dir(Dir& dir, std::vector<DirEntry>& batch) override;
  Result<Stat> stat(const Dir& dir, const Name& name) override;
  Result<Stat> stat(const File& file) override;
  Result<Stat> stat(const Dir& dir) override;
  Result<Path> read_link(const Dir& dir, const Name& name) override;
  Result<File> open(const Dir& dir, const Name& name, Access access) override;
  Result<File> create(const Dir& dir, const Name& name, Mode mode) override;
  Result<File> pin(const Dir& dir, const Name& name) override;
  Result<std::size_t> read_at(const File& file, char* into, std::size_t size, std::uint64_t offset) override;
  Result<std::size_t> write(const File& file, ByteView bytes) override;
  Result<void> truncate(const File& file, std::uint64_t size) override;
  Result<void> set_mode(const File& file, Mode mode) override;
  Result<void> set_owner(const File& file, std::uint32_t uid, std::uint32_t gid) override;
  Result<void> sync(const File& file, SyncKind kind) override;
  Result<void> sync(const Dir& dir) override;
  Result<void> sync_file_system(const Dir& dir) override;
  Result<void> rename(const Dir& from_dir, const Name& from, const Dir& to_dir, const Name& to) override;
  Result<void> rename_no_replace(const Dir& from_dir, const Name& from, const Dir& to_dir,
                                 const Name& to) override;
  Result<void> unlink(const Dir& dir, const Name& name) override;
  Result<void> remove_dir(const Dir& dir, const Name& name) override;
  Result<void> try_lock(const File& file, LockKind kind) override;
  Result<void> close(File file) override;
  void discard(int descriptor) noexcept override;

 private:
  struct Open {
    NodePtr node;
    std::optional<LockKind> lock;
    bool listed = false;
  };
  [[nodiscard]] static bool is_too_long(const Name& name);
  void add_node(const Path& path, FileType type, Bytes content);
  [[nodiscard]] NodePtr walk(const Path& path) const;
  [[nodiscard]] NodePtr find(const Dir& dir, const Name& name) const;
  [[nodiscard]] Open& opened(int descriptor) { return open_.at(descriptor); }
  [[nodiscard]] const NodePtr& node_of(int descriptor) const { return open_.at(descriptor).node; }
  int add_descriptor(NodePtr node);
  NodePtr make_node(FileType type, Mode mode);
  void touch(Node& node) { node.mtime_ns = ++clock_; }
  void change(NameChange change);
  void flush_changes(const Node* dir);
  void drop(const NodePtr& node);
  [[nodiscard]] std::uint64_t used_bytes() const;

  NodePtr root_;
  std::vector<NameChange> changes_;
  std::map<int, Open> open_;
  int next_descriptor_ = 3;
  std::uint64_t next_ino_ = 1;
  std::int64_t clock_ = 0;
  std::optional<std::uint64_t> capacity_;
  bool frozen_ = false;
};

}  // namespace session::test
