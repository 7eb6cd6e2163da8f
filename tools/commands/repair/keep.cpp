#include "commands/repair/keep.h"

#include "session/process.h"

namespace session::commands {
namespace {

constexpr unsigned k_most_names = 1'000;

/// Executes what `step_for` makes for the first name that is free.
template <class StepFor>
Result<Name> under_free_name(Fs& fs, const Dir& dir, ArtifactKind kind, const Name& name, Op op,
                             StepFor step_for) {
  const TimePoint when = now();
  for (unsigned counter = 0; counter < k_most_names; ++counter) {
    const Name to = make_artifact_name(kind, name, when, process_id(), counter);
    const Result<Outcome> done = execute(fs, dir, step_for(to));
    if (done) return to;
    if (done.error().code != Errc::exists) return Unexpected{done.error()};
  }
  return fail(Errc::exists, op, join_path(dir.path(), name), "no free name beside it");
}

}  // namespace

Result<Name> Keeper::copy(const Dir& dir, const Name& name, const File& file, const FileId& judged,
                          ByteView original, const std::vector<Name>& earlier) {
  for (const Name& each : earlier) {
    const Result<Stat> about = fs_.stat(dir, each);
    if (!about || about->size != original.size()) continue;
    const Result<File> copy = fs_.open(dir, each, Access::read);
    const Result<Bytes> bytes = copy ? read_all(fs_, *copy, original.size()) : Result<Bytes>(Bytes());
    if (bytes && *bytes == original) return each;
  }
  return under_free_name(fs_, dir, ArtifactKind::backup, name, Op::create, [&](const Name& to) -> Step {
    return CopyStep{name, judged, to, durability_, &file};
  });
}

std::vector<Name> Keeper::remove_unfinished(const Dir& dir, const std::vector<Name>& unfinished,
                                            ByteView original) {
  std::vector<Name> removed;
  for (const Name& each : unfinished) {
    const Result<OpenedFile> opened = fs_.open_described(dir, each, Access::read);
    if (!opened || opened->about.size >= original.size()) continue;
    const Result<Bytes> bytes = read_all(fs_, opened->file, original.size());
    if (!bytes || bytes->size() == original.size() || !original.starts_with(*bytes)) continue;
    if (execute(fs_, dir, RemoveStep{each, id_of(opened->about)})) removed.push_back(each);
  }
  return removed;
}

Result<StepAhead> Keeper::begin_copy(const Dir& dir, const Name& name, const File& file,
                                     const FileId& judged) {
  const Name to = make_artifact_name(ArtifactKind::backup, name, now(), process_id(), 0);
  return StepAhead::begin(fs_, dir, {name, judged, to, durability_, &file});
}

Result<Name> Keeper::quarantine(const Dir& dir, const Name& name, const FileId& judged) {
  return under_free_name(fs_, dir, ArtifactKind::quarantined, name, Op::rename, [&](const Name& to) -> Step {
    return MoveStep{name, judged, "", to, durability_};
  });
}

Result<Name> Keeper::write_sidecar(const Dir& dir, const Name& name, Bytes bytes) {
  ReplaceStep step{{}, share(std::move(bytes)), {}};
  step.options.durability = durability_;
  step.options.existing = Existing::refuse;
  return under_free_name(fs_, dir, ArtifactKind::sidecar, name, Op::create, [&](const Name& to) -> Step {
    step.name = to;
    return step;
  });
}

}  // namespace session::commands
