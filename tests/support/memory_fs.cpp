#include "support/memory_fs.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace session::test {
namespace {

constexpr std::size_t k_most_hops = 40;

std::vector<Name> components_of(const Path& path) {
  std::vector<Name> components;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    if (slash > at) components.push_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  return components;
}

/// The directory and its parents, walked from the root; symlinks followed.
bool descend(std::vector<NodePtr>& way, const Path& path, std::size_t& hops) {
  if (path.starts_with('/')) way.resize(1);
  for (const Name& component : components_of(path)) {
    if (component == ".") continue;
    if (component == "..") {
      if (way.size() > 1) way.pop_back();
      continue;
    }
    if (way.back()->type != FileType::directory) return false;
    const auto found = way.back()->entries.find(component);
    if (found == way.back()->entries.end()) return false;
    const NodePtr node = found->second;
    if (node->type == FileType::symlink) {
      if (++hops > k_most_hops || !descend(way, node->content, hops)) return false;
    } else {
      way.push_back(node);
    }
  }
  return true;
}

Stat stat_of(const Node& node) {
  Stat stat;
  stat.type = node.type;
  stat.mode = node.mode;
  stat.uid = node.uid;
  stat.gid = node.gid;
  stat.dev = 1;
  stat.ino = node.ino;
  stat.size = node.content.size();
  stat.links = node.links;
  stat.mtime_ns = node.mtime_ns;
  return stat;
}

void put_on_medium(const NameChange& change) {
  for (const NameChange::Entry& entry : change.entries) {
    if (entry.node) {
      entry.dir->flushed_entries[entry.name] = entry.node;
    } else {
      entry.dir->flushed_entries.erase(entry.name);
    }
  }
}

}  // namespace

bool share_a_name(const NameChange& a, const NameChange& b) {
  return std::any_of(a.entries.begin(), a.entries.end(), [&](const NameChange::Entry& mine) {
    return std::any_of(b.entries.begin(), b.entries.end(), [&](const NameChange::Entry& other) {
      return mine.dir == other.dir && mine.name == other.name;
    });
  });
}

MemoryFs::MemoryFs() { root_ = make_node(FileType::directory, 0700); }

// Numbers and times go on far behind those of the file system that the tree comes from.
MemoryFs::MemoryFs(NodePtr root) : root_(std::move(root)), next_ino_(1'000), clock_(1'000'000) {}

NodePtr MemoryFs::make_node(FileType type, Mode mode) {
  auto node = std::make_shared<Node>();
  node->type = type;
  node->mode = mode;
  node->ino = next_ino_++;
  touch(*node);
  return node;
}

bool MemoryFs::is_too_long(const Name& name) { return name.size() > 255; }

NodePtr MemoryFs::walk(const Path& path) const {
  std::vector<NodePtr> way{root_};
  std::size_t hops = 0;
  return descend(way, path, hops) ? way.back() : nullptr;
}

NodePtr MemoryFs::find(const Dir& dir, const Name& name) const {
  const NodePtr& node = node_of(dir.descriptor());
  if (name == ".") return node;
  const auto found = node->entries.find(name);
  return found == node->entries.end() ? nullptr : found->second;
}

int MemoryFs::add_descriptor(NodePtr node) {
  ++node->handles;
  open_[next_descriptor_] = {std::move(node), {}, false};
  return next_descriptor_++;
}

void MemoryFs::drop(const NodePtr& node) {
  if (node->type == FileType::regular && node->links == 0 && node->handles == 0) node->given_away = true;
}

void MemoryFs::change(NameChange change) {
  std::vector<NodePtr> unnamed;
  for (const NameChange::Entry& entry : change.entries) {
    auto& names = entry.dir->entries;
    if (const auto old = names.find(entry.name); old != names.end()) {
      --old->second->links;
      unnamed.push_back(old->second);
    }
    if (entry.node) ++entry.node->links;
    touch(*entry.dir);
    if (entry.node) {
      names[entry.name] = entry.node;
    } else {
      names.erase(entry.name);
    }
  }
  changes_.push_back(std::move(change));
  for (const NodePtr& node : unnamed) drop(node);
}

void MemoryFs::flush_changes(const Node* dir) {
  std::vector<bool> kept(changes_.size());
  for (std::size_t i = changes_.size(); i-- > 0;) {
    const bool asked = dir == nullptr || changes_[i].entries.back().dir.get() == dir;
    bool needed = false;
    for (std::size_t later = i + 1; later < changes_.size(); ++later) {
      needed = needed || (kept[later] && share_a_name(changes_[i], changes_[later]));
    }
    kept[i] = asked || needed;
  }
  std::vector<NameChange> unflushed;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (kept[i]) {
      put_on_medium(changes_[i]);
    } else {
      unflushed.push_back(changes_[i]);
    }
  }
  changes_ = std::move(unflushed);
}

namespace {

void flush_content(const NodePtr& node) {
  node->versions = {node->content};
  for (const auto& [name, child] : node->entries) flush_content(child);
}

std::uint64_t content_bytes(const Node& node, std::set<const Node*>& counted) {
  const bool counts = node.type == FileType::regular && counted.insert(&node).second;
  std::uint64_t sum = counts ? node.content.size() : 0;
  for (const auto& [name, child] : node.entries) sum += content_bytes(*child, counted);
  return sum;
}

}  // namespace

void MemoryFs::settle() {
  flush_changes(nullptr);
  flush_content(root_);
}

std::uint64_t MemoryFs::used_bytes() const {
  std::set<const Node*> counted;
  return content_bytes(*root_, counted);
}

void MemoryFs::add_node(const Path& path, FileType type, Bytes content) {
  const std::size_t slash = path.rfind('/');
  NodePtr dir = root_;
  for (const Name& component : components_of(path.substr(0, slash))) {
    if (!dir->entries.contains(component)) {
      change({{{dir, component, make_node(FileType::directory, 0700)}}});
    }
    dir = dir->entries[component];
  }
  const NodePtr node = make_node(type, 0600);
  node->content = std::move(content);
  change({{{dir, path.substr(slash + 1), node}}});
  settle();
}

void MemoryFs::add_file(const Path& path, Bytes content) {
  add_node(path, FileType::regular, std::move(content));
}

void MemoryFs::add_symlink(const Path& path, Path target) {
  add_node(path, FileType::symlink, std::move(target));
}

std::optional<Bytes> MemoryFs::content(const Path& path) const {
  const NodePtr node = walk(path);
  if (!node || node->type != FileType::regular) return std::nullopt;
  return node->content;
}

std::vector<Name> MemoryFs::names(const Path& path) const {
  std::vector<Name> names;
  const NodePtr node = walk(path);
  if (node) {
    for (const auto& [name, child] : node->entries) names.push_back(name);
  }
  return names;
}

Result<Dir> MemoryFs::open_dir(const Path& path, FollowLinks) {
  NodePtr node = walk(path);
  if (!node) return fail_errno(ENOENT, Op::open, path);
  if (node->type != FileType::directory) return fail(Errc::not_regular, Op::open, path);
  return Dir(*this, add_descriptor(std::move(node)), path);
}

Result<Dir> MemoryFs::open_subdir(const Dir& dir, const Name& name) {
  NodePtr node = find(dir, name);
  Path path = join_path(dir.path(), name);
  if (!node) return fail_errno(ENOENT, Op::open, path);
  if (node->type != FileType::directory) return fail(Errc::not_regular, Op::open, path);
  return Dir(*this, add_descriptor(std::move(node)), std::move(path));
}

Result<void> MemoryFs::make_dir(const Dir& dir, const Name& name, Mode mode) {
  if (is_too_long(name)) return fail_errno(ENAMETOOLONG, Op::mkdir, join_path(dir.path(), name));
  if (find(dir, name)) return fail_errno(EEXIST, Op::mkdir, join_path(dir.path(), name));
  change({{{node_of(dir.descriptor()), name, make_node(FileType::directory, mode)}}});
  return {};
}

Result<bool> MemoryFs::read_dir(Dir& dir, std::vector<DirEntry>& batch) {
  Open& open = opened(dir.descriptor());
  if (open.listed) return false;
  for (const auto& [name, node] : open.node->entries) batch.push_back({name, node->type});
  open.listed = true;
  return true;
}

Result<Stat> MemoryFs::stat(const Dir& dir, const Name& name) {
  const NodePtr node = find(dir, name);
  if (!node) return fail_errno(ENOENT, Op::stat, join_path(dir.path(), name));
  return stat_of(*node);
}
Result<Stat> MemoryFs::stat(const File& file) { return stat_of(*node_of(file.descriptor())); }
Result<Stat> MemoryFs::stat(const Dir& dir) { return stat_of(*node_of(dir.descriptor())); }

Result<Path> MemoryFs::read_link(const Dir& dir, const Name& name) {
  const NodePtr node = find(dir, name);
  if (!node) return fail_errno(ENOENT, Op::readlink, join_path(dir.path(), name));
  if (node->type != FileType::symlink) return fail_errno(EINVAL, Op::readlink, join_path(dir.path(), name));
  return node->content;
}

Result<File> MemoryFs::open(const Dir& dir, const Name& name, Access) {
  NodePtr node = find(dir, name);
  Path path = join_path(dir.path(), name);
  if (!node) return fail_errno(ENOENT, Op::open, path);
  if (node->type != FileType::regular) return fail(Errc::not_regular, Op::open, path);
  return File(*this, add_descriptor(std::move(node)), std::move(path));
}

Result<File> MemoryFs::create(const Dir& dir, const Name& name, Mode mode) {
  Path path = join_path(dir.path(), name);
  if (is_too_long(name)) return fail_errno(ENAMETOOLONG, Op::create, path);
  if (find(dir, name)) return fail_errno(EEXIST, Op::create, path);
  NodePtr node = make_node(FileType::regular, mode);
  change({{{node_of(dir.descriptor()), name, node}}});
  return File(*this, add_descriptor(std::move(node)), std::move(path));
}

Result<File> MemoryFs::pin(const Dir& dir, const Name& name) {
  NodePtr node = find(dir, name);
  Path path = join_path(dir.path(), name);
  if (!node) return fail_errno(ENOENT, Op::open, path);
  return File(*this, add_descriptor(std::move(node)), std::move(path));
}

Result<std::size_t> MemoryFs::read_at(const File& file, char* into, std::size_t size, std::uint64_t offset) {
  const Bytes& content = node_of(file.descriptor())->content;
  if (offset >= content.size()) return std::size_t{0};
  const std::size_t length = std::min<std::size_t>(size, content.size() - offset);
  std::memcpy(into, content.data() + offset, length);
  return length;
}

// Files are only ever written at their end: created ones grow, existing ones are opened to append.
Result<std::size_t> MemoryFs::write(const File& file, ByteView bytes) {
  Node& node = *node_of(file.descriptor());
  if (capacity_) {
    const std::uint64_t used = used_bytes();
    const std::uint64_t room = *capacity_ > used ? *capacity_ - used : 0;
    if (room == 0 && !bytes.empty()) return fail_errno(ENOSPC, Op::write, file.path());
    bytes = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
  }
  node.content += bytes;
  node.versions.push_back(node.content);
  touch(node);
  return bytes.size();
}

Result<void> MemoryFs::truncate(const File& file, std::uint64_t size) {
  Node& node = *node_of(file.descriptor());
  node.content.resize(size, '\0');
  node.versions.push_back(node.content);
  touch(node);
  return {};
}

Result<void> MemoryFs::set_mode(const File& file, Mode mode) {
  node_of(file.descriptor())->mode = mode;
  return {};
}

Result<void> MemoryFs::set_owner(const File& file, std::uint32_t uid, std::uint32_t gid) {
  node_of(file.descriptor())->uid = uid;
  node_of(file.descriptor())->gid = gid;
  return {};
}

Result<void> MemoryFs::sync(const File& file, SyncKind) {
  Node& node = *node_of(file.descriptor());
  node.versions = {node.content};
  return {};
}

Result<void> MemoryFs::sync(const Dir& dir) {
  flush_changes(node_of(dir.descriptor()).get());
  return {};
}

Result<void> MemoryFs::sync_file_system(const Dir&) {
  settle();
  return {};
}

Result<void> MemoryFs::rename(const Dir& from_dir, const Name& from, const Dir& to_dir, const Name& to) {
  if (is_too_long(to)) return fail_errno(ENAMETOOLONG, Op::rename, join_path(to_dir.path(), to));
  const NodePtr node = find(from_dir, from);
  if (!node) return fail_errno(ENOENT, Op::rename, join_path(to_dir.path(), to));
  change({{{node_of(from_dir.descriptor()), from, nullptr}, {node_of(to_dir.descriptor()), to, node}}});
  return {};
}

Result<void> MemoryFs::rename_no_replace(const Dir& from_dir, const Name& from, const Dir& to_dir,
                                         const Name& to) {
  if (find(to_dir, to)) return fail_errno(EEXIST, Op::rename, join_path(to_dir.path(), to));
  return rename(from_dir, from, to_dir, to);
}

Result<void> MemoryFs::unlink(const Dir& dir, const Name& name) {
  if (!find(dir, name)) return fail_errno(ENOENT, Op::unlink, join_path(dir.path(), name));
  change({{{node_of(dir.descriptor()), name, nullptr}}});
  return {};
}

Result<void> MemoryFs::remove_dir(const Dir& dir, const Name& name) {
  const NodePtr node = find(dir, name);
  if (!node) return fail_errno(ENOENT, Op::unlink, join_path(dir.path(), name));
  if (!node->entries.empty()) return fail_errno(ENOTEMPTY, Op::unlink, join_path(dir.path(), name));
  return unlink(dir, name);
}

Result<void> MemoryFs::try_lock(const File& file, LockKind kind) {
  Open& mine = opened(file.descriptor());
  for (const auto& [descriptor, other] : open_) {
    if (descriptor == file.descriptor() || other.node != mine.node || !other.lock) continue;
    if (kind == LockKind::exclusive || other.lock == LockKind::exclusive) {
      return fail_errno(EWOULDBLOCK, Op::lock, file.path());
    }
  }
  mine.lock = kind;
  return {};
}

Result<void> MemoryFs::close(File file) {
  discard(file.release());
  return {};
}

void MemoryFs::discard(int descriptor) noexcept {
  const auto found = open_.find(descriptor);
  if (frozen_ || found == open_.end()) return;
  const NodePtr node = found->second.node;
  open_.erase(found);
  --node->handles;
  drop(node);
}

}  // namespace session::test
