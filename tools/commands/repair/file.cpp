#include "commands/repair/file.h"

#include <algorithm>

#include "commands/repair/first_look.h"
#include "commands/repair/promote.h"

namespace session::commands {
namespace {

bool is_kept_by_repair(const Artifact& artifact) {
  return artifact.ours && (artifact.kind == ArtifactKind::backup || artifact.kind == ArtifactKind::sidecar ||
                           artifact.kind == ArtifactKind::quarantined);
}

bool is_whole(const RepairPlan& plan) {
  return plan.status == RepairStatus::healthy || plan.status == RepairStatus::beyond_text;
}

const GivenVersion* foreign_version(const RepairPlan& plan) {
  const auto found = std::find_if(plan.given.begin(), plan.given.end(),
                                  [](const GivenVersion& given) { return !given.refused.empty(); });
  return found == plan.given.end() ? nullptr : &*found;
}

/// An empty text that is assigned leaves a long one its room.
void free_bytes(Bytes& bytes) { Bytes().swap(bytes); }

std::vector<RepairAnswer> one(RepairAnswer answer) {
  std::vector<RepairAnswer> answers;
  answers.push_back(std::move(answer));
  return answers;
}

std::vector<RepairAnswer> failed(RepairAnswer answer, const Error& error) {
  answer.error = error;
  return one(std::move(answer));
}

}  // namespace

std::vector<RepairAnswer> FileRepairer::repair(const VerifyTask& task) {
  RepairAnswer answer;
  answer.path = task.path();
  if (task.error) return failed(std::move(answer), *task.error);
  if (const std::optional<Artifact> artifact = parse_artifact(task.name)) {
    return repair_artifact(task, *artifact, std::move(answer));
  }
  return repair_file(task, std::move(answer));
}

/// What lies around sessions is left alone, unless it is all there is of one, or the user names it.
std::vector<RepairAnswer> FileRepairer::repair_artifact(const VerifyTask& task, const Artifact& artifact,
                                                        RepairAnswer answer) {
  if (const auto session = missing_session_of(fs_, *task.place, artifact)) {
    return one(promote(fs_, request_, surroundings_.neighbours, task, artifact, *session, std::move(answer)));
  }
  if (artifact.kind == ArtifactKind::claim && artifact.ours && request_.doing == Doing::repairing) {
    return put_back_claimed(task);
  }
  answer.skipped = task.named == Named::no;
  if (answer.skipped) return one(std::move(answer));
  if (is_kept_by_repair(artifact)) answer.set_aside = artifact;
  return repair_file(task, std::move(answer));
}

/// A session that was taken aside when a tool was stopped stands under its own name again, and is looked at.
std::vector<RepairAnswer> FileRepairer::put_back_claimed(const VerifyTask& task) {
  RepairAnswer answer;
  answer.path = task.path();
  if (auto looked = surroundings_.neighbours.look_around(*task.place); !looked)
    return failed(answer, looked.error());
  const Result<ClaimRecovery> recovered = recover_claims(fs_, *task.place->dir);
  surroundings_.neighbours.forget();
  if (!recovered) return failed(answer, recovered.error());
  std::vector<RepairAnswer> answers;
  for (const Name& name : recovered->put_back) {
    VerifyTask back = task;
    back.name = name;
    back.shown.clear();
    for (RepairAnswer& each : repair(back)) answers.push_back(std::move(each));
  }
  return answers;
}

std::vector<RepairAnswer> FileRepairer::repair_file(const VerifyTask& task, RepairAnswer answer) {
  const std::optional<Subject> subject = subject_for(task);
  if (!subject) {
    answer.skipped = true;
    return one(std::move(answer));
  }
  Result<OpenedFile> opened = fs_.open_described(*task.place->dir, task.name, Access::read);
  if (!opened) {
    // One that its owner removed between listing and reading is no failure.
    answer.skipped = task.named == Named::no && opened.error().code == Errc::not_found;
    return answer.skipped ? one(std::move(answer)) : failed(std::move(answer), opened.error());
  }
  answer.bytes = opened->about.size;
  answer.layout = subject->layout;
  Result<std::optional<RepairWork>> work = take_up(task, *subject, std::move(*opened), answer);
  if (!work) return failed(std::move(answer), work.error());
  if (!*work) return one(std::move(answer));
  return repair_text(**work, task.named, std::move(answer));
}

std::optional<Subject> FileRepairer::subject_for(const VerifyTask& task) const {
  std::optional<Subject> subject = subject_of(*task.place, task.name, task.named);
  const bool is_unknown = subject && subject->layout == nullptr;
  if (is_unknown && task.named == Named::yes && request_.layout != nullptr) {
    // Whatever the name: the user says what it is.
    subject->layout = request_.layout;
    subject->format = request_.layout->format;
  }
  return subject;
}

/// Reads the file; nullopt, and told in `answer`, where a first look finds nothing to repair.
Result<std::optional<RepairWork>> FileRepairer::take_up(const VerifyTask& task, const Subject& subject,
                                                        OpenedFile opened, RepairAnswer& answer) {
  const Stat& about = opened.about;
  std::unique_lock turn(surroundings_.one_at_a_time, std::defer_lock);
  if (about.size > k_read_beside_others || about.links > 1) turn.lock();
  Result<FirstLook> look = look_first(fs_, request_.plan, *task.place, task.name, opened, subject);
  if (!look) return Unexpected{look.error()};
  if (look->is_whole) {
    answer.plan.before = std::move(*look->known);
    answer.plan.status =
        answer.plan.before.verdict == Verdict::damaged ? RepairStatus::beyond_text : RepairStatus::healthy;
    return std::optional<RepairWork>();
  }
  Result<Bytes> original = read_all(fs_, opened.file, about.size, k_largest);
  if (!original) return Unexpected{original.error()};
  std::optional<RepairWork> work(std::in_place, *task.place, task.name, request_.plan, std::move(turn),
                                 std::move(opened.file), id_of(about), std::move(*original));
  work->options.layout = subject.layout;
  work->options.format = subject.format;
  work->options.file_stem = subject.file_stem;
  // An empty session is better than one that its owner would refuse.
  const bool has_empty = subject.layout != nullptr && !subject.layout->empty_session.empty();
  if (request_.reset && has_empty && !work->options.level) work->options.level = Level::layout;
  work->known = std::move(look->known);
  return work;
}

std::vector<RepairAnswer> FileRepairer::repair_text(RepairWork& work, Named named, RepairAnswer answer) {
  if (!answer.set_aside) steps_.copy_ahead(work);
  if (auto planned = plan(work, answer); !planned) return failed(std::move(answer), planned.error());
  answer.bytes_after = answer.plan.content.size();
  if (is_whole(answer.plan) || answer.set_aside) return one(std::move(answer));
  if (const GivenVersion* const foreign = named == Named::yes ? foreign_version(answer.plan) : nullptr) {
    // The user wants it repaired with that; without it more would be lost than he thinks.
    const auto refused = fail(Errc::bad_argument, Op::validate, foreign->name,
                              "not a version of " + answer.path + ": " + foreign->refused);
    return failed(std::move(answer), refused.error);
  }
  steps_.carry_out(work, answer);
  std::vector<RepairAnswer> answers = fix_further(work, std::move(answer));
  if (!request_.keep_bytes) {
    for (RepairAnswer& each : answers) free_bytes(each.plan.content);  // nobody will look at it
  }
  return answers;
}

Result<void> FileRepairer::plan(RepairWork& work, RepairAnswer& answer) {
  // Without candidates first: a healthy file needs no look around it.
  RepairOptions options = work.options;
  if (work.known) options.known = &*work.known;
  if (work.copy_ahead.valid()) options.meanwhile = [&](ByteView result) { steps_.write_ahead(work, result); };
  answer.plan = plan_repair(work.original, {}, options);
  if (is_whole(answer.plan) && work.options.fixes.any())
    answer.plan = plan_fixes(work.original, work.options);
  if (is_whole(answer.plan) || answer.set_aside) return {};
  Neighbours& neighbours = surroundings_.neighbours;
  if (auto looked = neighbours.look_around(work.place); !looked) return looked;
  if (answer.plan.fixed != FixCounts{} || !answer.plan.rebuilt.empty()) return {};
  // Beside a small file there may be large ones.
  const bool is_large = neighbours.largest_candidate(work.place, work.name) > k_read_beside_others;
  if (is_large && !work.turn.owns_lock()) work.turn.lock();
  const std::vector<Candidate> candidates = neighbours.candidates(work.place, work.name);
  if (candidates.empty()) return {};
  work.known = std::move(answer.plan.before);
  free_bytes(answer.plan.content);
  options.known = &*work.known;
  work.result_ahead.reset();
  answer.plan = plan_repair(work.original, candidates, options);
  return {};
}

/// A text that was repaired parses: what was asked for beyond that is done to it as to any other, with a copy
/// and a sidecar of its own.
std::vector<RepairAnswer> FileRepairer::fix_further(RepairWork& work, RepairAnswer first) {
  const bool is_there = request_.doing == Doing::planning || first.replaced;
  const bool is_fixed = first.plan.fixed != FixCounts{};
  std::vector<RepairAnswer> answers;
  if (!is_there || is_fixed || !work.options.fixes.any() || first.plan.status != RepairStatus::repaired) {
    if (request_.keep_bytes) first.original = std::move(work.original);
    return one(std::move(first));
  }
  RepairAnswer further;
  further.path = first.path;
  further.layout = first.layout;
  further.continues = true;
  further.bytes = first.plan.content.size();
  further.plan = plan_fixes(first.plan.content, work.options);
  further.bytes_after = further.plan.content.size();
  work.file = File();  // what has its turn next may be another name of it
  RepairWork next{work.place, work.name,    work.options,      std::move(work.turn),
                  {},         first.result, first.plan.content};
  if (request_.keep_bytes) first.original = std::move(work.original);
  answers.push_back(std::move(first));
  if (is_whole(further.plan)) return answers;
  if (request_.doing == Doing::repairing) {
    Result<File> file = fs_.open(*next.place.dir, next.name, Access::read);
    if (file) {
      next.file = std::move(*file);
    } else {
      further.error = file.error();
    }
  }
  if (!further.error) steps_.carry_out(next, further);
  if (request_.keep_bytes) further.original = std::move(next.original);
  answers.push_back(std::move(further));
  return answers;
}

}  // namespace session::commands
