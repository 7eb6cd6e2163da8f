#include "commands/repair/neighbours.h"

#include <algorithm>

#include "session/process.h"
#include "session/scan.h"

namespace session::commands {
namespace {

// No suffix is so long that a shorter name would have no room beside it.
constexpr std::size_t k_may_be_shortened = 200;
constexpr std::uint64_t k_largest_candidate = 1ULL << 30;

Candidate::Origin origin_of(ArtifactKind kind) {
  return kind == ArtifactKind::temporary ? Candidate::Origin::temporary : Candidate::Origin::backup;
}

bool may_hold_a_version(const Artifact& artifact) {
  if (artifact.kind == ArtifactKind::temporary) return !artifact.pid || !process_is_alive(*artifact.pid);
  return artifact.kind == ArtifactKind::backup;
}

Bytes read_version(Fs& fs, const Dir& dir, const Name& name) {
  const Result<OpenedFile> opened = fs.open_described(dir, name, Access::read);
  if (!opened) return {};
  Result<Bytes> bytes = read_all(fs, opened->file, opened->about.size, k_largest_candidate);
  return bytes ? std::move(*bytes) : Bytes();
}

}  // namespace

Result<void> Neighbours::look_around(const VerifyPlace& place) {
  const std::lock_guard guard(mutex_);
  if (dir_ != place.dir) {
    const Result<void> looked = lock_and_list(place);
    failure_ = looked ? std::nullopt : std::optional(looked.error());
    dir_ = place.dir;
  }
  if (failure_) return Unexpected{*failure_};
  return {};
}

Result<void> Neighbours::lock_and_list(const VerifyPlace& place) {
  artifacts_.clear();
  lock_.reset();
  if (request_.doing == Doing::repairing) {
    if (auto locked = lock_store(place); !locked) return locked;
  }
  return scan(
      fs_, place.dir->path(), {}, [&](const std::shared_ptr<const Dir>&, std::vector<ScanItem> items) {
        for (ScanItem& item : items) {
          if (item.error || item.type != FileType::regular) continue;
          std::optional<Artifact> artifact = parse_artifact(item.name);
          if (!artifact || artifact->primary.empty()) continue;
          Name primary = artifact->primary;
          artifacts_.emplace(std::move(primary), std::pair(std::move(item.name), std::move(*artifact)));
        }
        return true;
      });
}

Result<void> Neighbours::lock_store(const VerifyPlace& place) {
  if (!place.is_store) return {};
  Result<Lock> lock =
      lock_file(fs_, *place.dir, Name(k_lock_name), LockKind::exclusive, request_.lock_timeout);
  if (!lock) return Unexpected{lock.error()};
  lock_.emplace(std::move(*lock));
  return {};
}

/// A long name is shortened in those of its artifacts.
std::set<Name> Neighbours::names_of(const Name& primary) const {
  std::set<Name> names = {primary};
  if (primary.size() > k_may_be_shortened) names.insert(shortened_primary(primary));
  return names;
}

std::vector<std::pair<Name, Artifact>> Neighbours::of(const Name& primary) const {
  std::vector<std::pair<Name, Artifact>> found;
  std::set<Name> names = names_of(primary);
  // A writer that drops the suffix leaves the stem alone in the name of its temporary.
  names.insert(primary.substr(0, primary.rfind('.')));
  for (const Name& name : names) {
    const auto [first, last] = artifacts_.equal_range(name);
    for (auto each = first; each != last; ++each) found.push_back(each->second);
  }
  return found;
}

std::vector<Candidate> Neighbours::versions_beside(const VerifyPlace& place, const Name& name) const {
  std::vector<Candidate> found;
  for (const auto& [beside, artifact] : of(name)) {
    if (!may_hold_a_version(artifact)) continue;
    const auto read = [this, dir = place.dir, file = beside] { return read_version(fs_, *dir, file); };
    found.push_back({beside, read, origin_of(artifact.kind)});
  }
  return found;
}

std::vector<Candidate> Neighbours::temporaries(const VerifyPlace& place, const Name& name) const {
  std::vector<Candidate> found = versions_beside(place, name);
  std::erase_if(found, [](const Candidate& each) { return each.origin != Candidate::Origin::temporary; });
  return found;
}

std::vector<Candidate> Neighbours::candidates(const VerifyPlace& place, const Name& name) const {
  std::vector<Candidate> found = versions_beside(place, name);
  for (const Path& given : request_.given) {
    const auto read = [this, path = given] {
      const Result<Place> at = open_parent_resolved(fs_, path);
      return at ? read_version(fs_, at->dir, at->name) : Bytes();
    };
    found.push_back({given, read, Candidate::Origin::given});
  }
  return found;
}

std::uint64_t Neighbours::largest_candidate(const VerifyPlace& place, const Name& name) const {
  std::uint64_t largest = 0;
  const auto look_at = [&](const Dir& dir, const Name& file) {
    if (const Result<Stat> about = fs_.stat(dir, file)) largest = std::max(largest, about->size);
  };
  for (const auto& [beside, artifact] : of(name)) {
    if (may_hold_a_version(artifact)) look_at(*place.dir, beside);
  }
  for (const Path& given : request_.given) {
    if (const Result<Place> at = open_parent_resolved(fs_, given)) look_at(at->dir, at->name);
  }
  return largest;
}

std::vector<Name> Neighbours::copies(const Name& name) const {
  std::vector<Name> found;
  for (const auto& [beside, artifact] : of(name)) {
    if (artifact.kind == ArtifactKind::backup && artifact.ours) found.push_back(beside);
  }
  return found;
}

/// Each is the artifact of an artifact, and names its maker twice.
std::vector<Name> Neighbours::unfinished_copies(const Name& name) const {
  std::vector<Name> found;
  for (const Name& own : names_of(name)) {
    for (auto each = artifacts_.upper_bound(own); each != artifacts_.end(); ++each) {
      const auto& [copy_name, beside] = *each;
      if (!copy_name.starts_with(own)) break;
      const Artifact& temporary = beside.second;
      if (temporary.kind != ArtifactKind::temporary || !temporary.ours) continue;
      const std::optional<Artifact> copy = parse_artifact(copy_name);
      const bool is_ours = copy && copy->kind == ArtifactKind::backup && copy->ours && copy->primary == own;
      if (is_ours && copy->pid == temporary.pid && !process_is_alive(*temporary.pid))
        found.push_back(beside.first);
    }
  }
  return found;
}

}  // namespace session::commands
