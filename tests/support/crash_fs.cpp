#include "support/crash_fs.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace session::test {
namespace {

constexpr std::size_t k_block_bytes = 4;  // small, so that small contents have several
constexpr char k_zero = '\0';
constexpr char k_foreign = '#';  // a byte of somebody else's file

Bytes block_of(const Bytes& content, std::size_t block, char filler) {
  const std::size_t at = block * k_block_bytes;
  Bytes bytes = at < content.size() ? content.substr(at, k_block_bytes) : Bytes();
  bytes.resize(k_block_bytes, filler);
  return bytes;
}

std::vector<Bytes> block_choices(const Node& node, std::size_t block) {
  std::set<Bytes> choices;
  for (const Bytes& version : node.versions) {
    if (version.size() > block * k_block_bytes) choices.insert(block_of(version, block, k_zero));
  }
  const Bytes& flushed = node.versions.front();
  choices.insert(block_of(flushed, block, k_zero));
  if (flushed.size() <= block * k_block_bytes) choices.insert(block_of(flushed, block, k_foreign));
  return {choices.begin(), choices.end()};
}

std::set<std::size_t> size_choices(const Node& node) {
  std::set<std::size_t> sizes{node.versions.front().size()};
  for (std::size_t i = 1; i < node.versions.size(); ++i) {
    const auto [least, most] = std::minmax({node.versions[i - 1].size(), node.versions[i].size()});
    for (std::size_t size = least; size <= most; ++size) sizes.insert(size);
  }
  return sizes;
}

/// Everything the medium may hold for the file.
std::vector<Bytes> contents_of(const Node& node) {
  std::set<Bytes> contents;
  const std::set<std::size_t> sizes = size_choices(node);
  const std::size_t blocks = (*sizes.rbegin() + k_block_bytes - 1) / k_block_bytes;
  std::vector<Bytes> beginnings{""};
  for (std::size_t block = 0; block < blocks; ++block) {
    std::vector<Bytes> longer;
    for (const Bytes& choice : block_choices(node, block)) {
      for (const Bytes& beginning : beginnings) longer.push_back(beginning + choice);
    }
    beginnings = std::move(longer);
  }
  for (const Bytes& whole : beginnings) {
    for (const std::size_t size : sizes) contents.insert(whole.substr(0, size));
  }
  if (node.given_away) contents.insert(Bytes(node.versions.front().size(), k_foreign));
  return {contents.begin(), contents.end()};
}

/// The names on the medium, and every choice of contents for the files they lead to.
class Survivors {
 public:
  explicit Survivors(const std::function<void(MemoryFs&)>& look) : look_(look) {}

  void visit(const NodePtr& root, const std::vector<const NameChange*>& kept) {
    names_.clear();
    files_.clear();
    collect(*root, kept);
    for (std::size_t& choice : choices_) choice = 0;
    do {
      std::size_t file = 0;
      MemoryFs fs(build(*root, file));
      fs.settle();
      look_(fs);
      ++count_;
    } while (next_choice());
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  void collect(const Node& dir, const std::vector<const NameChange*>& kept) {
    std::map<Name, NodePtr>& names = names_[&dir];
    names = dir.flushed_entries;
    for (const NameChange* change : kept) {
      for (const NameChange::Entry& entry : change->entries) {
        if (entry.dir.get() != &dir) continue;
        if (entry.node) {
          names[entry.name] = entry.node;
        } else {
          names.erase(entry.name);
        }
      }
    }
    for (const auto& [name, node] : names) {
      if (node->type == FileType::directory) collect(*node, kept);
      if (node->type == FileType::regular) files_.push_back(contents_of(*node));
    }
    choices_.resize(files_.size());
  }

  NodePtr build(const Node& from, std::size_t& file) const {
    auto node = std::make_shared<Node>();
    node->type = from.type;
    node->mode = from.mode;
    node->uid = from.uid;
    node->gid = from.gid;
    node->ino = from.ino;
    node->mtime_ns = from.mtime_ns;
    node->links = 1;
    node->content = from.content;
    if (from.type == FileType::directory) {
      // In the order in which collect() found the files.
      for (const auto& [name, child] : names_.at(&from)) {
        node->entries[name] = build(*child, file);
        if (child->type != FileType::regular) continue;
        node->entries[name]->content = files_[file][choices_[file]];
        ++file;
      }
      node->flushed_entries = node->entries;
    }
    return node;
  }

  bool next_choice() {
    for (std::size_t file = 0; file < choices_.size(); ++file) {
      if (++choices_[file] < files_[file].size()) return true;
      choices_[file] = 0;
    }
    return false;
  }

  const std::function<void(MemoryFs&)>& look_;
  std::map<const Node*, std::map<Name, NodePtr>> names_;
  std::vector<std::vector<Bytes>> files_;
  std::vector<std::size_t> choices_;
  std::size_t count_ = 0;
};

/// Chooses for each change from `next` on whether it survived; one that builds on a lost one is lost too.
void choose(const std::vector<NameChange>& changes, std::size_t next, std::vector<const NameChange*>& kept,
            std::vector<const NameChange*>& lost, const std::function<void()>& chosen) {
  if (next == changes.size()) return chosen();
  const NameChange& change = changes[next];
  lost.push_back(&change);
  choose(changes, next + 1, kept, lost, chosen);
  lost.pop_back();
  const bool possible = std::none_of(
      lost.begin(), lost.end(), [&](const NameChange* earlier) { return share_a_name(*earlier, change); });
  if (!possible) return;
  kept.push_back(&change);
  choose(changes, next + 1, kept, lost, chosen);
  kept.pop_back();
}

}  // namespace

std::size_t for_each_survivor(const MemoryFs& fs, const std::function<void(MemoryFs&)>& look) {
  Survivors survivors(look);
  std::vector<const NameChange*> kept;
  std::vector<const NameChange*> lost;
  choose(fs.unflushed_changes(), 0, kept, lost, [&] { survivors.visit(fs.root(), kept); });
  return survivors.count();
}

std::size_t for_each_power_cut(const std::function<void(MemoryFs&)>& prepare,
                               const std::function<bool(Fs&)>& program,
                               const std::function<void(MemoryFs&, bool finished)>& look) {
  std::size_t count = 0;
  bool finished = false;
  for (std::size_t calls = 0; !finished; ++calls) {
    MemoryFs below;
    prepare(below);
    below.settle();
    CrashFs fs(below, calls);
    try {
      if (!program(fs)) throw std::logic_error("the program failed although nothing else did");
      finished = true;
    } catch (const PowerCut&) {
    }
    below.freeze();
    count += for_each_survivor(below, [&](MemoryFs& survivor) { look(survivor, finished); });
  }
  return count;
}

}  // namespace session::test
