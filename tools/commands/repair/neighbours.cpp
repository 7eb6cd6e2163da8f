#include "commands/repair/neighbours.h"

#include <set>

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

void add(Fs& fs, const Dir& dir, const Name& name, std::string shown, Candidate::Origin origin,
         std::vector<ReadCandidate>& candidates) {
  const Result<File> file = fs.open(dir, name, Access::read);
  if (!file) return;
  Result<Bytes> bytes = read_all(fs, *file, k_largest_candidate);
  if (!bytes || bytes->empty()) return;
  candidates.push_back({{std::move(shown), {}, origin}, std::move(*bytes)});
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

/// A long name is shortened in those of its artifacts. A writer that drops the suffix leaves the stem alone
/// in the name of its temporary.
std::vector<std::pair<Name, Artifact>> Neighbours::of(const Name& primary) const {
  std::vector<std::pair<Name, Artifact>> found;
  const Name stem = primary.substr(0, primary.rfind('.'));
  std::set<Name> names = {primary, stem};
  if (primary.size() > k_may_be_shortened) names.insert(shortened_primary(primary));
  for (const Name& name : names) {
    const auto [first, last] = artifacts_.equal_range(name);
    for (auto each = first; each != last; ++each) found.push_back(each->second);
  }
  return found;
}

std::vector<ReadCandidate> Neighbours::temporaries(const VerifyPlace& place, const Name& name) const {
  std::vector<ReadCandidate> found;
  for (const auto& [beside, artifact] : of(name)) {
    if (artifact.kind != ArtifactKind::temporary || !may_hold_a_version(artifact)) continue;
    add(fs_, *place.dir, beside, beside, Candidate::Origin::temporary, found);
  }
  return found;
}

std::vector<ReadCandidate> Neighbours::candidates(const VerifyPlace& place, const Name& name) const {
  std::vector<ReadCandidate> found;
  for (const auto& [beside, artifact] : of(name)) {
    if (may_hold_a_version(artifact)) add(fs_, *place.dir, beside, beside, origin_of(artifact.kind), found);
  }
  for (const Path& given : request_.given) {
    const Result<Place> at = open_parent_resolved(fs_, given);
    if (at) add(fs_, at->dir, at->name, given, Candidate::Origin::given, found);
  }
  return found;
}

std::uint64_t Neighbours::candidate_bytes(const VerifyPlace& place, const Name& name) const {
  std::uint64_t bytes = 0;
  const auto add_size = [&](const Dir& dir, const Name& file) {
    if (const Result<Stat> about = fs_.stat(dir, file)) bytes += about->size;
  };
  for (const auto& [beside, artifact] : of(name)) {
    if (may_hold_a_version(artifact)) add_size(*place.dir, beside);
  }
  for (const Path& given : request_.given) {
    if (const Result<Place> at = open_parent_resolved(fs_, given)) add_size(at->dir, at->name);
  }
  return bytes;
}

std::vector<Name> Neighbours::copies(const Name& name) const {
  std::vector<Name> found;
  for (const auto& [beside, artifact] : of(name)) {
    if (artifact.kind == ArtifactKind::backup && artifact.ours) found.push_back(beside);
  }
  return found;
}

std::vector<Candidate> views_of(const std::vector<ReadCandidate>& candidates) {
  std::vector<Candidate> views;
  for (const ReadCandidate& each : candidates) {
    views.push_back(each.candidate);
    views.back().bytes = each.bytes;
  }
  return views;
}

}  // namespace session::commands
