#include "commands/repair/file.h"

#include <algorithm>

#include "commands/repair/sidecar.h"
#include "session/execute.h"
#include "session/process.h"
#include "session/scan.h"

namespace session::commands {
namespace {

// Beyond this a file is looked through first in bounded memory: most are healthy, and need not be held.
constexpr std::uint64_t k_read_at_once = 16U << 20;
constexpr std::uint64_t k_largest = 8ULL << 30;
constexpr std::uint64_t k_largest_candidate = 1ULL << 30;
constexpr unsigned k_most_names = 1'000;

Candidate::Origin origin_of(ArtifactKind kind) {
  return kind == ArtifactKind::temporary ? Candidate::Origin::temporary : Candidate::Origin::backup;
}

bool may_hold_a_version(const Artifact& artifact) {
  if (artifact.kind == ArtifactKind::temporary) return !artifact.pid || !process_is_alive(*artifact.pid);
  return artifact.kind == ArtifactKind::backup;
}

bool is_kept_by_repair(ArtifactKind kind) {
  return kind == ArtifactKind::backup || kind == ArtifactKind::sidecar || kind == ArtifactKind::quarantined;
}

}  // namespace

struct FileRepairer::Work {
  File file;
  FileId id;
  Bytes bytes;
};

RepairAnswer FileRepairer::repair(const VerifyTask& task) {
  RepairAnswer answer;
  answer.path = !task.shown.empty() || task.place == nullptr ? task.shown
                                                             : join_path(task.place->dir->path(), task.name);
  if (task.error) {
    answer.path = task.error->subject;
    answer.error = task.error;
    return answer;
  }
  const VerifyPlace& place = *task.place;
  const std::optional<Artifact> artifact = parse_artifact(task.name);
  if (task.named == Named::no && artifact) {
    answer.skipped = true;
    return answer;
  }
  if (artifact && artifact->ours && is_kept_by_repair(artifact->kind)) answer.set_aside = artifact;
  std::optional<Subject> subject = subject_of(place, task.name, task.named);
  if (!subject) {
    answer.skipped = true;
    return answer;
  }
  const auto failed = [&](const Error& error) {
    answer.error = error;
    return std::move(answer);
  };
  Result<File> file = fs_.open(*place.dir, task.name, Access::read);
  if (!file) return failed(file.error());
  const Result<Stat> before = fs_.stat(*file);
  if (!before) return failed(before.error());
  answer.bytes = before->size;
  answer.layout = subject->layout;
  RepairOptions options = request_.plan;
  options.layout = subject->layout;
  options.format = subject->format;
  options.file_stem = subject->file_stem;
  if (before->size > k_read_at_once) {
    InspectOptions inspect;
    Inspector inspector(fs_, inspect);
    Inspection inspection = inspector.inspect(*place.dir, task.name, *subject);
    if (inspection.error) return failed(*inspection.error);
    if (!needs_repair(inspection.diagnosis)) {
      answer.plan.before = std::move(inspection.diagnosis);
      answer.plan.status =
          answer.plan.before.verdict == Verdict::damaged ? RepairStatus::beyond_text : RepairStatus::healthy;
      return answer;
    }
  }
  Result<Bytes> original = read_all(fs_, *file, k_largest);
  if (!original) return failed(original.error());
  // Without candidates first: a healthy file needs no look around it.
  answer.plan = plan_repair(*original, {}, options);
  const bool is_whole =
      answer.plan.status == RepairStatus::healthy || answer.plan.status == RepairStatus::beyond_text;
  if (is_whole || answer.set_aside) return answer;
  if (auto looked = look_around(place); !looked) return failed(looked.error());
  collect_candidates(place, task.name);
  if (!candidates_.empty()) {
    std::vector<Candidate> candidates;
    for (auto& [candidate, bytes] : candidates_) {
      candidate.bytes = bytes;
      candidates.push_back(candidate);
    }
    answer.plan = plan_repair(*original, candidates, options);
    candidates_.clear();
  }
  if (request_.doing == Doing::repairing) {
    if (auto refused = refuse_live_writer(place, task.name, *file); !refused) return failed(refused.error());
    apply(place, task.name, id_of(*before), *original, answer);
  }
  if (request_.keep_bytes) answer.original = std::move(*original);
  return answer;
}

/// Lists the directory once for all damaged files in it.
Result<void> FileRepairer::look_around(const VerifyPlace& place) {
  if (neighbours_.dir == place.dir.get()) return {};
  neighbours_ = {};
  neighbours_.dir = place.dir.get();
  if (request_.doing == Doing::repairing) {
    if (auto locked = lock_store(place); !locked) {
      neighbours_.dir = nullptr;
      return locked;
    }
  }
  return scan(fs_, place.dir->path(), {},
              [&](const std::shared_ptr<const Dir>&, std::vector<ScanItem> items) {
                for (ScanItem& item : items) {
                  if (item.error || item.type != FileType::regular) continue;
                  std::optional<Artifact> artifact = parse_artifact(item.name);
                  if (!artifact || artifact->primary.empty()) continue;
                  neighbours_.names.emplace(artifact->primary, item.name);
                  neighbours_.artifacts.emplace(std::move(item.name), std::move(*artifact));
                }
                return true;
              });
}

Result<void> FileRepairer::lock_store(const VerifyPlace& place) {
  if (!place.is_store) return {};
  Result<Lock> lock =
      lock_file(fs_, *place.dir, Name(k_lock_name), LockKind::exclusive, request_.lock_timeout);
  if (!lock) return Unexpected{lock.error()};
  neighbours_.lock.emplace(std::move(*lock));
  return {};
}

/// A file that somebody writes to is not repaired under his hands.
Result<void> FileRepairer::refuse_live_writer(const VerifyPlace& place, const Name& name, const File& file) {
  if (auto locked = fs_.try_lock(file, LockKind::exclusive); !locked) return locked;
  const Path path = join_path(place.dir->path(), name);
  const Name lock = name + ".lock";
  if (!fs_.stat(*place.dir, lock)) return {};
  const std::optional<Artifact> artifact = parse_artifact(lock);
  if (artifact && judge_artifact(fs_, place, lock, *artifact, milliseconds{0}))
    return {};  // its holder is gone
  return fail(Errc::busy, Op::lock, path, lock + " says that somebody is writing to it");
}

void FileRepairer::collect_candidates(const VerifyPlace& place, const Name& name) {
  candidates_.clear();
  const auto add = [&](const Dir& dir, const Name& file_name, std::string shown, Candidate::Origin origin) {
    const Result<File> file = fs_.open(dir, file_name, Access::read);
    if (!file) return;
    Result<Bytes> bytes = read_all(fs_, *file, k_largest_candidate);
    if (!bytes || bytes->empty()) return;
    candidates_.push_back({{std::move(shown), {}, origin}, std::move(*bytes)});
  };
  Name stem = name.substr(0, name.rfind('.'));
  for (const Name& primary : {name, stem}) {
    const auto [first, last] = neighbours_.names.equal_range(primary);
    for (auto each = first; each != last; ++each) {
      const Artifact& artifact = neighbours_.artifacts.find(each->second)->second;
      if (may_hold_a_version(artifact)) add(*place.dir, each->second, each->second, origin_of(artifact.kind));
    }
    if (stem == name) break;
  }
  for (const Path& given : request_.given) {
    const Result<Place> found = open_parent_resolved(fs_, given);
    if (found) add(found->dir, found->name, given, Candidate::Origin::given);
  }
}

/// The steps, each durable before the next.
void FileRepairer::apply(const VerifyPlace& place, const Name& name, const FileId& judged, ByteView original,
                         RepairAnswer& answer) {
  const Dir& dir = *place.dir;
  if (answer.plan.status == RepairStatus::over_budget) return;
  if (answer.plan.status == RepairStatus::unloadable && !request_.reset) return;
  if (answer.plan.status == RepairStatus::unrepairable || answer.plan.status == RepairStatus::unloadable) {
    const Result<Name> moved = quarantine(dir, name, judged);
    if (!moved) {
      answer.error = moved.error();
      return;
    }
    answer.quarantined = *moved;
    if (request_.reset) answer.error = put_empty_session(place, name, answer);
    answer.reset = request_.reset && !answer.error;
    return;
  }
  const Result<Name> copy = copy_original(dir, name, judged, original);
  if (!copy) {
    answer.error = copy.error();
    return;
  }
  answer.copy = *copy;
  ReplaceStep replace{name, share(answer.plan.content), {}};
  replace.options.durability = request_.durability;
  replace.options.expected = judged;
  const Result<Outcome> replaced = execute(fs_, dir, replace);
  if (!replaced) {
    answer.error = replaced.error();
    if (replaced.error().code != Errc::durability_unknown) return;
  }
  answer.replaced = true;
  if (answer.plan.strategy == "promote-temporary") remove_source(dir, answer);
  const bool lost = std::any_of(answer.plan.dropped.begin(), answer.plan.dropped.end(),
                                [](const DroppedRange& range) { return range.lost; });
  if (!lost) return;
  const Result<Name> sidecar =
      write_beside(dir, name, ArtifactKind::sidecar, make_sidecar(name, original, answer.plan.dropped));
  if (sidecar) {
    answer.sidecar = *sidecar;
  } else {
    answer.error = sidecar.error();
  }
}

/// The temporary that is the session now: left where it is, the next look would find it orphaned.
void FileRepairer::remove_source(const Dir& dir, RepairAnswer& answer) {
  const Result<File> file = fs_.open(dir, answer.plan.source, Access::read);
  const Result<Stat> about = file ? fs_.stat(*file) : Unexpected{file.error()};
  if (!about) return;
  const Result<Bytes> bytes = read_all(fs_, *file, about->size);
  if (!bytes || *bytes != answer.plan.content) return;
  answer.source_removed = execute(fs_, dir, RemoveStep{answer.plan.source, id_of(*about)}).has_value();
}

/// A copy made by a run that was stopped before it replaced anything is used again.
Result<Name> FileRepairer::copy_original(const Dir& dir, const Name& name, const FileId& judged,
                                         ByteView original) {
  const auto [first, last] = neighbours_.names.equal_range(name);
  for (auto each = first; each != last; ++each) {
    const Artifact& artifact = neighbours_.artifacts.find(each->second)->second;
    if (artifact.kind != ArtifactKind::backup || !artifact.ours) continue;
    const Result<Stat> about = fs_.stat(dir, each->second);
    if (!about || about->size != original.size()) continue;
    const Result<File> file = fs_.open(dir, each->second, Access::read);
    const Result<Bytes> bytes = file ? read_all(fs_, *file, original.size()) : Result<Bytes>(Bytes());
    if (bytes && *bytes == original) return each->second;
  }
  const TimePoint when = now();
  for (unsigned counter = 0; counter < k_most_names; ++counter) {
    const Name to = make_artifact_name(ArtifactKind::backup, name, when, process_id(), counter);
    const Result<Outcome> copied = execute(fs_, dir, CopyStep{name, judged, to, request_.durability});
    if (copied) return to;
    if (copied.error().code != Errc::exists) return Unexpected{copied.error()};
  }
  return fail(Errc::exists, Op::create, join_path(dir.path(), name), "no free name for a copy");
}

Result<Name> FileRepairer::quarantine(const Dir& dir, const Name& name, const FileId& judged) {
  const TimePoint when = now();
  for (unsigned counter = 0; counter < k_most_names; ++counter) {
    const Name to = make_artifact_name(ArtifactKind::quarantined, name, when, process_id(), counter);
    const Result<Outcome> moved = execute(fs_, dir, MoveStep{name, judged, "", to, request_.durability});
    if (moved) return to;
    if (moved.error().code != Errc::exists) return Unexpected{moved.error()};
  }
  return fail(Errc::exists, Op::rename, join_path(dir.path(), name), "no free name for the quarantine");
}

Result<Name> FileRepairer::write_beside(const Dir& dir, const Name& name, ArtifactKind kind, Bytes bytes) {
  ReplaceStep step{{}, share(std::move(bytes)), {}};
  step.options.durability = request_.durability;
  step.options.existing = Existing::refuse;
  const TimePoint when = now();
  for (unsigned counter = 0; counter < k_most_names; ++counter) {
    step.name = make_artifact_name(kind, name, when, process_id(), counter);
    const Result<Outcome> written = execute(fs_, dir, step);
    if (written) return step.name;
    if (written.error().code != Errc::exists) return Unexpected{written.error()};
  }
  return fail(Errc::exists, Op::create, join_path(dir.path(), name), "no free name for the sidecar");
}

std::optional<Error> FileRepairer::put_empty_session(const VerifyPlace& place, const Name& name,
                                                     const RepairAnswer& answer) {
  const std::optional<Bytes> empty = answer.layout != nullptr
                                         ? answer.layout->make_empty_session(answer.layout->stem(name), now())
                                         : std::nullopt;
  if (!empty) {
    return Error{Errc::bad_argument, Op::resolve, 0, answer.path,
                 "its layout has no empty session to put in place"};
  }
  ReplaceStep step{name, share(*empty), {}};
  step.options.durability = request_.durability;
  step.options.existing = Existing::refuse;
  const Result<Outcome> written = execute(fs_, *place.dir, step);
  return written ? std::nullopt : std::optional<Error>(written.error());
}

}  // namespace session::commands
