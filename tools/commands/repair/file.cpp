#include "commands/repair/file.h"

#include <algorithm>

#include "commands/repair/promote.h"
#include "commands/repair/sidecar.h"
#include "session/execute.h"

namespace session::commands {
namespace {

// Beyond this a file is looked through first in bounded memory: most are healthy, and need not be held.
constexpr std::uint64_t k_read_at_once = 16U << 20;
constexpr std::uint64_t k_largest = 8ULL << 30;
// Larger ones are worked on one at a time, each by several threads.
constexpr std::uint64_t k_read_beside_others = 1U << 20;

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

/// Whether it begins or ends as no healthy file does.
bool looks_damaged(Fs& fs, const OpenedFile& opened) {
  constexpr std::uint64_t k_looked_at = 4096;
  Bytes piece(std::min(opened.about.size, k_looked_at), '\0');
  const auto read_at = [&](std::uint64_t offset) {
    const Result<std::size_t> length = read_fully(fs, opened.file, piece.data(), piece.size(), offset);
    return ByteView(piece).substr(0, length ? *length : 0);
  };
  return looks_headless(read_at(0)) || looks_cut(read_at(opened.about.size - piece.size()));
}

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
    return one(promote(fs_, request_, neighbours_, task, artifact, *session, std::move(answer)));
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
  if (auto looked = neighbours_.look_around(*task.place); !looked) return failed(answer, looked.error());
  const Result<ClaimRecovery> recovered = recover_claims(fs_, *task.place->dir);
  neighbours_.forget();
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
  const VerifyPlace& place = *task.place;
  std::optional<Subject> subject = subject_of(place, task.name, task.named);
  if (!subject) {
    answer.skipped = true;
    return one(std::move(answer));
  }
  if (task.named == Named::yes && subject->layout == nullptr && request_.layout != nullptr) {
    // Whatever the name: the user says what it is.
    subject->layout = request_.layout;
    subject->format = request_.layout->format;
  }
  Result<OpenedFile> opened = fs_.open_described(*place.dir, task.name, Access::read);
  if (!opened) {
    // One that its owner removed between listing and reading is no failure.
    answer.skipped = task.named == Named::no && opened.error().code == Errc::not_found;
    return answer.skipped ? one(std::move(answer)) : failed(std::move(answer), opened.error());
  }
  answer.bytes = opened->about.size;
  answer.layout = subject->layout;
  std::unique_lock turn(one_at_a_time_, std::defer_lock);
  if (opened->about.size > k_read_beside_others || opened->about.links > 1) turn.lock();
  std::optional<Diagnosis> known;
  const Result<bool> is_whole_file = is_known_whole(place, task.name, *opened, *subject, answer, known);
  if (!is_whole_file) return failed(std::move(answer), is_whole_file.error());
  if (*is_whole_file) return one(std::move(answer));
  Work work{place, task.name, request_.plan, std::move(turn), std::move(opened->file), id_of(opened->about),
            {}};
  work.options.layout = subject->layout;
  work.options.format = subject->format;
  work.options.file_stem = subject->file_stem;
  Result<Bytes> original = read_all(fs_, work.file, k_largest);
  if (!original) return failed(std::move(answer), original.error());
  work.original = std::move(*original);
  work.known = std::move(known);
  if (!answer.set_aside) copy_ahead(work);
  if (auto planned = plan(work, answer); !planned) return failed(std::move(answer), planned.error());
  answer.bytes_after = answer.plan.content.size();
  if (is_whole(answer.plan) || answer.set_aside) return one(std::move(answer));
  if (const GivenVersion* const foreign = task.named == Named::yes ? foreign_version(answer.plan) : nullptr) {
    // The user wants it repaired with that; without it more would be lost than he thinks.
    const auto refused = fail(Errc::bad_argument, Op::validate, foreign->name,
                              "not a version of " + answer.path + ": " + foreign->refused);
    return failed(std::move(answer), refused.error);
  }
  carry_out(work, answer);
  std::vector<RepairAnswer> answers = fix_further(work, std::move(answer));
  if (!request_.keep_bytes) {
    for (RepairAnswer& each : answers) each.plan.content = Bytes();  // nobody will look at it
  }
  return answers;
}

/// A large file is looked through piece by piece: healthy, it need not be held. One that begins or ends as no
/// healthy one does will be: what it is diagnosed to be can be found out while it is mended.
Result<bool> FileRepairer::is_known_whole(const VerifyPlace& place, const Name& name,
                                          const OpenedFile& opened, const Subject& subject,
                                          RepairAnswer& answer, std::optional<Diagnosis>& known) {
  const Stat& about = opened.about;
  if (about.size <= k_read_at_once || request_.plan.fixes.any()) return false;
  if (subject.format && looks_damaged(fs_, opened)) return false;
  InspectOptions options;
  options.ignored.set(static_cast<std::size_t>(Kind::open_mode));  // not a matter of the text
  Inspector inspector(fs_, options);
  Inspection inspection = inspector.inspect(*place.dir, name, subject);
  if (inspection.error) return Unexpected{*inspection.error};
  if (needs_repair(inspection.diagnosis)) {
    const bool is_of_all = inspection.id == id_of(about) && !inspection.growing;
    if (is_of_all) known = std::move(inspection.diagnosis);
    return false;
  }
  answer.plan.before = std::move(inspection.diagnosis);
  answer.plan.status =
      answer.plan.before.verdict == Verdict::damaged ? RepairStatus::beyond_text : RepairStatus::healthy;
  return true;
}

/// A large file that is cut will be replaced, if what is left of it loads: it is copied while that is found
/// out.
void FileRepairer::copy_ahead(Work& work) {
  if (request_.doing == Doing::planning || work.original.size() <= k_read_beside_others) return;
  if (!looks_cut(work.original) || !neighbours_.look_around(work.place)) return;
  if (!neighbours_.copies(work.name).empty() || !refuse_writer(work)) return;
  work.copy_ahead = std::async(std::launch::async | std::launch::deferred, [this, &work] {
    return keeper_.begin_copy(*work.place.dir, work.name, work.judged);
  });
}

/// Where that fails replace() is what tells why.
void FileRepairer::write_ahead(Work& work, ByteView result) {
  work.result_ahead.reset();
  Result<StepAhead> ahead = StepAhead::begin(fs_, *work.place.dir, work.name, result, replacing(work));
  if (ahead) work.result_ahead.emplace(std::move(*ahead));
}

WriteOptions FileRepairer::replacing(const Work& work) const {
  return {.durability = request_.durability, .expected = work.judged};
}

Result<void> FileRepairer::plan(Work& work, RepairAnswer& answer) {
  // Without candidates first: a healthy file needs no look around it.
  RepairOptions options = work.options;
  if (work.known) options.known = &*work.known;
  if (work.copy_ahead.valid()) options.meanwhile = [&](ByteView result) { write_ahead(work, result); };
  answer.plan = plan_repair(work.original, {}, options);
  if (is_whole(answer.plan) && work.options.fixes.any())
    answer.plan = plan_fixes(work.original, work.options);
  if (is_whole(answer.plan) || answer.set_aside) return {};
  if (auto looked = neighbours_.look_around(work.place); !looked) return looked;
  if (answer.plan.fixed != FixCounts{} || !answer.plan.rebuilt.empty()) return {};
  // Beside a small file there may be large ones.
  const bool is_large = neighbours_.candidate_bytes(work.place, work.name) > k_read_beside_others;
  if (is_large && !work.turn.owns_lock()) work.turn.lock();
  const std::vector<ReadCandidate> candidates = neighbours_.candidates(work.place, work.name);
  if (candidates.empty()) return {};
  work.known = std::move(answer.plan.before);
  options.known = &*work.known;
  work.result_ahead.reset();
  answer.plan = plan_repair(work.original, views_of(candidates), options);
  return {};
}

/// A text that was repaired parses: what was asked for beyond that is done to it as to any other, with a copy
/// and a sidecar of its own.
std::vector<RepairAnswer> FileRepairer::fix_further(Work& work, RepairAnswer first) {
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
  Work next{work.place, work.name, work.options, std::move(work.turn), {}, first.result, first.plan.content};
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
  if (!further.error) carry_out(next, further);
  if (request_.keep_bytes) further.original = std::move(next.original);
  answers.push_back(std::move(further));
  return answers;
}

/// Where a thread of ours is at work on another name of the file, it is waited for.
Result<void> FileRepairer::refuse_writer(Work& work) {
  Result<void> refused = live_writers_.refuse(work.place, work.name, work.file);
  if (refused || refused.error().code != Errc::busy || work.turn.owns_lock()) return refused;
  work.turn.lock();
  return live_writers_.refuse(work.place, work.name, work.file);
}

/// The steps, each durable before the next.
void FileRepairer::carry_out(Work& work, RepairAnswer& answer) {
  if (request_.doing == Doing::planning) return;
  if (auto refused = refuse_writer(work); !refused) {
    answer.error = refused.error();
    return;
  }
  switch (answer.plan.status) {
    case RepairStatus::over_budget:
    case RepairStatus::healthy:
    case RepairStatus::beyond_text: return;
    case RepairStatus::unloadable:
      if (!request_.reset) return;
      [[fallthrough]];
    case RepairStatus::unrepairable: return set_aside(work, answer);
    case RepairStatus::repaired: return replace(work, answer);
  }
}

void FileRepairer::set_aside(const Work& work, RepairAnswer& answer) {
  const Result<Name> moved = keeper_.quarantine(*work.place.dir, work.name, work.judged);
  if (!moved) {
    answer.error = moved.error();
    return;
  }
  answer.quarantined = *moved;
  const std::optional<Artifact> artifact = parse_artifact(*moved);
  if (artifact && artifact->shortened) {
    // Its own name would be gone: a sidecar without any bytes says it.
    const Result<Name> label =
        keeper_.write_sidecar(*work.place.dir, work.name, make_sidecar(work.name, work.original, {}));
    if (label) answer.sidecar = *label;
    if (!label) answer.error = label.error();
  }
  if (request_.reset) answer.error = put_empty_session(work, answer);
  answer.reset = request_.reset && !answer.error;
}

void FileRepairer::replace(Work& work, RepairAnswer& answer) {
  const Result<Name> copy = keep_copy(work);
  if (!copy) {
    answer.error = copy.error();
    return;
  }
  answer.copy = *copy;
  // It was looked for a writer before, but to copy a large file takes a while.
  if (auto refused = refuse_writer(work); !refused) {
    answer.error = refused.error();
    return;
  }
  // The result is let go of before the sidecar, which may be as large, is made.
  if (!put_in_place(work, answer)) return;
  keep_lost(work, answer);
  keep_late(work, answer);
}

Result<Name> FileRepairer::keep_copy(Work& work) {
  if (work.copy_ahead.valid()) {
    Result<StepAhead> ahead = work.copy_ahead.get();
    if (ahead && ahead->finish()) return ahead->name();
  }
  return keeper_.copy(*work.place.dir, work.name, work.judged, work.original, neighbours_.copies(work.name));
}

/// Whether the result stands in the file's place.
bool FileRepairer::put_in_place(Work& work, RepairAnswer& answer) {
  const Dir& dir = *work.place.dir;
  const SharedBytes content = share(std::move(answer.plan.content));
  const Result<Outcome> replaced = work.result_ahead
                                       ? work.result_ahead->finish()
                                       : execute(fs_, dir, ReplaceStep{work.name, content, replacing(work)});
  if (!replaced) {
    answer.error = replaced.error();
    if (replaced.error().code != Errc::durability_unknown) return false;
  } else {
    answer.result = replaced->id;
  }
  answer.replaced = true;
  if (answer.plan.strategy == "promote-temporary") remove_source(dir, *content, answer);
  if (request_.keep_bytes || request_.plan.fixes.any()) answer.plan.content = *content;
  return true;
}

void FileRepairer::keep_lost(Work& work, RepairAnswer& answer) {
  if (answer.plan.lost_bytes() == 0) return;
  const auto write = [&] {
    return keeper_.write_sidecar(*work.place.dir, work.name,
                                 make_sidecar(work.name, work.original, answer.plan.dropped));
  };
  Result<Name> sidecar = write();
  if (!sidecar && sidecar.error().code == Errc::no_space && !work.turn.owns_lock()) {
    // What is written ahead for a large file beside it may have taken the room for a moment.
    work.turn.lock();
    sidecar = write();
  }
  if (sidecar) {
    answer.sidecar = *sidecar;
  } else {
    answer.error = sidecar.error();
  }
}

/// Between the last look for a writer and the replacement one may have come: what it wrote went into the file
/// that was replaced, which is still open here.
void FileRepairer::keep_late(const Work& work, RepairAnswer& answer) {
  const Result<Stat> about = fs_.stat(work.file);
  if (!about || id_of(*about) == work.judged) return;
  const Result<Bytes> bytes = read_all(fs_, work.file, k_largest);
  if (bytes && *bytes == work.original) return;
  Error late{Errc::changed, Op::rename, 0, answer.path, "was written to at the moment it was replaced"};
  if (bytes) {
    const auto known =
        std::mismatch(bytes->begin(), bytes->end(), work.original.begin(), work.original.end());
    const auto same = static_cast<std::uint64_t>(known.first - bytes->begin());
    const Result<Name> kept = keeper_.write_sidecar(
        *work.place.dir, work.name, make_sidecar(work.name, *bytes, {{same, bytes->size() - same}}));
    late.detail +=
        kept ? "; what came is in " + *kept : "; what came could not be kept: " + describe(kept.error());
  }
  answer.error = std::move(late);
}

/// The temporary that is the session now: left where it is, the next look would find it orphaned.
void FileRepairer::remove_source(const Dir& dir, ByteView content, RepairAnswer& answer) {
  const Result<File> file = fs_.open(dir, answer.plan.source, Access::read);
  const Result<Stat> about = file ? fs_.stat(*file) : Unexpected{file.error()};
  if (!about) return;
  const Result<Bytes> bytes = read_all(fs_, *file, about->size);
  if (!bytes || *bytes != content) return;
  answer.source_removed = execute(fs_, dir, RemoveStep{answer.plan.source, id_of(*about)}).has_value();
}

std::optional<Error> FileRepairer::put_empty_session(const Work& work, const RepairAnswer& answer) {
  const std::optional<Bytes> empty =
      answer.layout != nullptr ? answer.layout->make_empty_session(answer.layout->stem(work.name), now())
                               : std::nullopt;
  if (!empty) {
    return Error{Errc::bad_argument, Op::resolve, 0, answer.path,
                 "its layout has no empty session to put in place"};
  }
  ReplaceStep step{work.name, share(*empty), {}};
  step.options.durability = request_.durability;
  step.options.existing = Existing::refuse;
  const Result<Outcome> written = execute(fs_, *work.place.dir, step);
  return written ? std::nullopt : std::optional<Error>(written.error());
}

}  // namespace session::commands
