#include "commands/repair/steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/quantity.h"
#include "commands/repair/sidecar.h"
#include "session/execute.h"

namespace session::commands {
namespace {

/// What a full disk leaves, and how to go on from there; empty where that is not known for sure.
std::string way_on(const RepairAnswer& answer) {
  if (answer.error->code != Errc::no_space) return {};
  if (!answer.quarantined.empty()) return "the original is " + answer.quarantined + "; make room on its disk";
  if (answer.replaced) return "it is repaired, and what was dropped of it is in the copy, " + answer.copy;
  if (answer.plan.status != RepairStatus::repaired) return {};
  // A copy that is there is used again.
  const std::uint64_t copied = answer.copy.empty() ? answer.bytes : 0;
  const std::uint64_t room = copied + answer.bytes_after + answer.plan.lost_bytes();
  return fmt::format(
      "the session is as it was; make room on its disk ({} and a little more), and run it again",
      cli::describe_bytes(room));
}

}  // namespace

/// A large file that seems damaged will be replaced, if what is left of it loads: it is copied while that is
/// found out.
void RepairSteps::copy_ahead(RepairWork& work) {
  if (request_.doing == Doing::planning || work.original.size() <= k_read_beside_others) return;
  if (!seems_damaged(work.original, work.original) || !neighbours_.look_around(work.place)) return;
  if (!neighbours_.copies(work.name).empty() || !neighbours_.unfinished_copies(work.name).empty()) return;
  if (!refuse_writer(work)) return;
  work.copy_ahead = std::async(std::launch::async | std::launch::deferred, [this, &work] {
    return keeper_.begin_copy(*work.place.dir, work.name, work.file, work.judged);
  });
}

/// Where that fails replace() is what tells why.
void RepairSteps::write_ahead(RepairWork& work, ByteView result) {
  work.result_ahead.reset();
  Result<StepAhead> ahead = StepAhead::begin(fs_, *work.place.dir, work.name, result, replacing(work));
  if (ahead) work.result_ahead.emplace(std::move(*ahead));
}

WriteOptions RepairSteps::replacing(const RepairWork& work) const {
  return {.durability = request_.durability, .expected = work.judged};
}

/// Where a thread of ours is at work on another name of the file, it is waited for.
Result<void> RepairSteps::refuse_writer(RepairWork& work) {
  Result<void> refused = live_writers_.refuse(work.place, work.name, work.file, work.judged);
  if (refused || refused.error().code != Errc::busy || work.turn.owns_lock()) return refused;
  work.turn.lock();
  return live_writers_.refuse(work.place, work.name, work.file, work.judged);
}

void RepairSteps::carry_out(RepairWork& work, RepairAnswer& answer) {
  if (request_.doing == Doing::planning) return;
  if (auto refused = refuse_writer(work); !refused) {
    answer.error = refused.error();
    return;
  }
  carry_out_plan(work, answer);
  if (answer.error) answer.hint = way_on(answer);
}

void RepairSteps::carry_out_plan(RepairWork& work, RepairAnswer& answer) {
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

void RepairSteps::set_aside(const RepairWork& work, RepairAnswer& answer) {
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
  if (!request_.reset) return;
  const std::optional<Error> failure = put_empty_session(work, answer);
  answer.reset = !failure;
  if (failure) answer.error = failure;
}

void RepairSteps::replace(RepairWork& work, RepairAnswer& answer) {
  const Result<Name> copy = keep_copy(work, answer);
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

Result<Name> RepairSteps::keep_copy(RepairWork& work, RepairAnswer& answer) {
  if (work.copy_ahead.valid()) {
    Result<StepAhead> ahead = work.copy_ahead.get();
    if (ahead && ahead->finish()) return ahead->name();
  }
  const Dir& dir = *work.place.dir;
  answer.removed = keeper_.remove_unfinished(dir, neighbours_.unfinished_copies(work.name), work.original);
  return keeper_.copy(dir, work.name, work.file, work.judged, work.original, neighbours_.copies(work.name));
}

/// Whether the result stands in the file's place.
bool RepairSteps::put_in_place(RepairWork& work, RepairAnswer& answer) {
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

void RepairSteps::keep_lost(RepairWork& work, RepairAnswer& answer) {
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
void RepairSteps::keep_late(const RepairWork& work, RepairAnswer& answer) {
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
void RepairSteps::remove_source(const Dir& dir, ByteView content, RepairAnswer& answer) {
  const Result<File> file = fs_.open(dir, answer.plan.source, Access::read);
  const Result<Stat> about = file ? fs_.stat(*file) : Unexpected{file.error()};
  if (!about) return;
  const Result<Bytes> bytes = read_all(fs_, *file, about->size);
  if (!bytes || *bytes != content) return;
  answer.source_removed = execute(fs_, dir, RemoveStep{answer.plan.source, id_of(*about)}).has_value();
}

std::optional<Error> RepairSteps::put_empty_session(const RepairWork& work, const RepairAnswer& answer) {
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
