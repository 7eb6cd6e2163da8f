#include "commands/repair/promote.h"

#include <fmt/format.h>

#include <algorithm>

#include "session/execute.h"

namespace session::commands {
namespace {

/// The candidate `name`; notes in `is_unread`, which must outlive it, whether it is ever asked for in vain.
const Candidate* watch_reading(std::vector<Candidate>& candidates, const Name& name, bool& is_unread) {
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const Candidate& each) { return each.name == name; });
  if (found == candidates.end()) return nullptr;
  found->read = [&is_unread, read = found->read] {
    Bytes bytes = read();
    is_unread = is_unread || bytes.empty();
    return bytes;
  };
  return &*found;
}

}  // namespace

RepairAnswer promote(Fs& fs, const RepairRequest& request, Neighbours& neighbours, const VerifyTask& task,
                     const Artifact& artifact, const Name& primary, RepairAnswer answer) {
  const VerifyPlace& place = *task.place;
  const auto failed = [&](const Error& error) {
    answer.error = error;
    return std::move(answer);
  };
  if (!judge_artifact(fs, place, task.name, artifact, request.temp_grace)) {
    answer.skipped = task.named == Named::no;
    if (answer.skipped) return answer;
    return failed(fail(Errc::busy, Op::lock, answer.path, "its writer may still be at work").error);
  }
  if (auto looked = neighbours.look_around(place); !looked) return failed(looked.error());
  const std::optional<Subject> subject = subject_of(place, primary, task.named);
  if (!subject) {
    answer.skipped = true;
    return answer;
  }
  const Result<Stat> about = fs.stat(*place.dir, task.name);
  if (!about) return failed(about.error());
  answer.bytes = about->size;
  answer.layout = subject->layout;
  RepairOptions options = request.plan;
  options.layout = subject->layout;
  options.format = subject->format;
  options.file_stem = subject->file_stem;
  std::vector<Candidate> beside = neighbours.temporaries(place, primary);
  bool is_unread = false;
  const Candidate* const own = watch_reading(beside, task.name, is_unread);
  answer.plan = plan_repair({}, beside, options);
  answer.promoted_to = primary;
  if (answer.plan.status != RepairStatus::repaired) {
    const Bytes bytes = own != nullptr ? own->read() : Bytes();
    if (is_unread || bytes.empty())
      return failed(fail(Errc::io, Op::read, answer.path, "it cannot be read, or is empty").error);
    answer.plan = plan_repair(bytes, {}, options);
    answer.plan.status = RepairStatus::beyond_text;
    return answer;
  }
  if (answer.plan.source != task.name) {
    answer.skipped = task.named == Named::no;
    if (answer.skipped) return answer;
    return failed(fail(Errc::exists, Op::rename, answer.path,
                       fmt::format("{} beside it is a newer version", answer.plan.source))
                      .error);
  }
  if (request.doing == Doing::planning) return answer;
  const MoveStep step{task.name, id_of(*about), "", primary, request.durability};
  const Result<Outcome> moved = execute(fs, *place.dir, step);
  if (!moved) return failed(moved.error());
  answer.replaced = true;
  return answer;
}

}  // namespace session::commands
