#include "commands/repair/live_writer.h"

#include <fmt/format.h>

#include "session/names.h"
#include "session/open_files.h"

namespace session::commands {
namespace {

// Looking through all processes costs some milliseconds: not for each of thousands of small files.
constexpr std::chrono::milliseconds k_known_for{100};

}  // namespace

std::optional<long> LiveWriters::writer_of(const FileId& id) {
  const std::lock_guard guard(mutex_);
  const auto clock = std::chrono::steady_clock::now();
  if (looked_ == std::chrono::steady_clock::time_point{} || clock - looked_ > k_known_for) {
    writers_ = files_open_for_writing();
    looked_ = clock;
  }
  const auto writer = writers_.find({id.dev, id.ino});
  return writer == writers_.end() ? std::nullopt : std::optional(writer->second);
}

Result<void> LiveWriters::refuse(const VerifyPlace& place, const Name& name, const File& file,
                                 const FileId& id) {
  if (auto locked = fs_.try_lock(file, LockKind::exclusive); !locked) return locked;
  const Path path = join_path(place.dir->path(), name);
  const std::optional<bool> written = is_open_for_writing(file, id);
  const std::optional<long> writer = written == false ? std::nullopt : writer_of(id);
  if (writer || written == true) {
    return fail(Errc::busy, Op::lock, path,
                fmt::format("{} has it open for writing",
                            writer ? fmt::format("process {}", *writer) : "a process that we may not see"));
  }
  const Name lock = name + ".lock";
  if (!fs_.stat(*place.dir, lock)) return {};
  const std::optional<Artifact> artifact = parse_artifact(lock);
  if (artifact && judge_artifact(fs_, place, lock, *artifact, milliseconds{0}))
    return {};  // its holder is gone
  return fail(Errc::busy, Op::lock, path, lock + " says that somebody is writing to it");
}

}  // namespace session::commands
