#include "commands/verify/subject.h"

#include <nlohmann/json.hpp>

#include "cli/shell.h"
#include "session/lock.h"
#include "session/process.h"

namespace session::commands {

namespace {

/// The process that holds a lock file, as its content tells: a number, or a JSON object with "pid".
std::optional<long> holder_in(const Bytes& content) {
  const auto json = nlohmann::json::parse(content, nullptr, false);
  const auto& pid = json.is_object() && json.contains("pid") ? json["pid"] : json;
  if (!pid.is_number_integer()) return std::nullopt;
  return pid.get<long>();
}

std::optional<long> holder_of(Fs& fs, const Dir& dir, const Name& name, const Artifact& artifact) {
  constexpr std::uint64_t k_longest_lock_file = 4'096;
  if (artifact.pid) return artifact.pid;
  const Result<File> file = fs.open(dir, name, Access::read);
  if (!file) return std::nullopt;
  const Result<Bytes> content = read_all(fs, *file, k_longest_lock_file);
  return content ? holder_in(*content) : std::nullopt;
}

Finding finding(Kind kind, std::string detail) {
  Finding result{};
  result.kind = kind;
  result.detail = std::move(detail);
  return result;
}

std::string gone(long pid) { return "process " + std::to_string(pid) + " is gone"; }

std::optional<Finding> judge_temporary(const Stat& about, const Artifact& artifact, milliseconds grace) {
  if (artifact.pid) {
    if (process_is_alive(*artifact.pid)) return std::nullopt;
    return finding(Kind::orphan_temp, gone(*artifact.pid));
  }
  const auto age = now().time_since_epoch() - std::chrono::nanoseconds(about.mtime_ns);
  if (age < grace) return std::nullopt;
  const auto old = std::chrono::duration_cast<std::chrono::minutes>(age);
  return finding(Kind::orphan_temp, "not written to for " + format_duration(old));
}

}  // namespace

std::optional<Format> format_of_extension(std::string_view name) {
  if (name.ends_with(".jsonl") || name.ends_with(".ndjson")) return Format::json_lines;
  if (name.ends_with(".json")) return Format::json;
  return std::nullopt;
}

std::optional<Subject> subject_of(const VerifyPlace& place, std::string_view name, Named named) {
  Subject subject;
  subject.format = format_of_extension(name);
  NameKind kind = NameKind::foreign;
  for (const Layout* const layout : place.layouts) {
    const NameKind here = layout->classify(name);
    if (here == NameKind::foreign || (here == NameKind::side && kind == NameKind::side)) continue;
    kind = here;
    if (here == NameKind::side) continue;
    subject.layout = layout;
    subject.format = layout->format;
    subject.file_stem = layout->stem(name);
    break;
  }
  if (kind == NameKind::foreign && !subject.format && named == Named::no) return std::nullopt;
  subject.owner_only_mode = place.is_store && kind != NameKind::foreign;
  return subject;
}

std::optional<Name> missing_session_of(Fs& fs, const VerifyPlace& place, const Artifact& artifact) {
  if (artifact.kind != ArtifactKind::temporary || artifact.primary.empty() || artifact.shortened)
    return std::nullopt;
  // What was to become a copy or a sidecar is no session.
  if (parse_artifact(artifact.primary)) return std::nullopt;
  std::optional<Name> session;
  if (place.layouts.empty() && format_of_extension(artifact.primary)) session = artifact.primary;
  for (const Layout* const layout : place.layouts) {
    // A writer may drop the suffix from the name of its temporary.
    for (const Name& name : {artifact.primary, layout->file_name(artifact.primary)}) {
      if (!session && layout->classify(name) == NameKind::session) session = name;
    }
  }
  if (!session) return std::nullopt;
  const Result<Stat> about = fs.stat(*place.dir, *session);
  return !about && about.error().code == Errc::not_found ? session : std::nullopt;
}

bool concerns_us(const VerifyPlace& place, const Artifact& artifact) {
  return place.is_store || format_of_extension(session_behind(artifact)).has_value();
}

std::optional<Finding> judge_artifact(Fs& fs, const VerifyPlace& place, const Name& name,
                                      const Artifact& artifact, milliseconds temp_grace) {
  const Result<Stat> about = fs.stat(*place.dir, name);
  if (!about || about->type != FileType::regular) return std::nullopt;
  switch (artifact.kind) {
    case ArtifactKind::temporary: {
      std::optional<Finding> orphan = judge_temporary(*about, artifact, temp_grace);
      const std::optional<Name> missing = orphan ? missing_session_of(fs, place, artifact) : std::nullopt;
      if (missing) {
        orphan->detail += ", and there is no " + *missing + ": session-repair " +
                          cli::quote_for_shell(join_path(place.dir->path(), name)) + " puts it there";
      }
      return orphan;
    }
    case ArtifactKind::claim:
      if (artifact.pid && process_is_alive(*artifact.pid)) return std::nullopt;
      return finding(
          Kind::orphan_temp,
          "a session that session-clean had taken aside when it was stopped; its next run puts it back");
    case ArtifactKind::backup: return finding(Kind::repair_leftover, "a backup");
    case ArtifactKind::sidecar: return finding(Kind::repair_leftover, "the bytes that a repair dropped");
    case ArtifactKind::quarantined: return finding(Kind::repair_leftover, "an unrepairable original");
    case ArtifactKind::tombstone: return std::nullopt;
    case ArtifactKind::lock: break;
  }
  // The store lock stays where it is; the kernel releases it.
  if (name == k_lock_name) return std::nullopt;
  // Without a process to ask for, nothing tells a lock in use from one left behind.
  const std::optional<long> holder = holder_of(fs, *place.dir, name, artifact);
  if (!holder || process_is_alive(*holder)) return std::nullopt;
  return finding(Kind::stale_lock, gone(*holder));
}

}  // namespace session::commands
