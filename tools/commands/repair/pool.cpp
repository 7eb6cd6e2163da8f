#include "commands/repair/pool.h"

#include <algorithm>
#include <utility>

namespace session::commands {
namespace {

// The answers of so many may wait to be reported.
constexpr std::size_t k_tasks_under_way = 64;

bool wants_to_be_alone(const VerifyTask& task) {
  if (task.place == nullptr) return false;
  const std::optional<Artifact> artifact = parse_artifact(task.name);
  return artifact && (artifact->kind == ArtifactKind::temporary || artifact->kind == ArtifactKind::claim);
}

bool has_changed_anything(const RepairAnswer& answer) {
  return answer.replaced || !answer.quarantined.empty() || !answer.sidecar.empty();
}

/// Whether nothing came of it for want of room: only then it can be begun anew.
bool ran_out_of_room(const std::vector<RepairAnswer>& answers) {
  return std::ranges::any_of(answers,
                             [](const RepairAnswer& answer) {
                               return answer.error && answer.error->code == Errc::no_space;
                             }) &&
         std::ranges::none_of(answers, has_changed_anything);
}

}  // namespace

std::size_t repair_threads(std::size_t threads, std::size_t descriptors) {
  // Standard input, output and error, a list of paths, a log, and what the caller has left open.
  constexpr std::size_t k_others = 8;
  // A session, its copy, its lock and what is written beside it.
  constexpr std::size_t k_of_a_file = 4;
  // Half of the rest is for the directories on the way down.
  const std::size_t room = (std::max(descriptors, k_others) - k_others) / 2 / k_of_a_file;
  return std::clamp<std::size_t>(room, 1, std::max<std::size_t>(threads, 1));
}

RepairPool::RepairPool(Fs& fs, const RepairRequest& request, std::size_t threads, Take take,
                       std::function<bool()> stopped)
    : surroundings_(fs, request),
      fs_(fs),
      request_(request),
      take_(std::move(take)),
      stopped_(std::move(stopped)),
      // With --diff an answer holds the text before and after: no more than one waits.
      is_crowd_(!request.keep_bytes && threads > 1),
      pool_(request.keep_bytes ? 1 : threads, request.keep_bytes ? 1 : k_tasks_under_way,
            hooks(fs, request)) {}

RepairPool::Pool::Hooks RepairPool::hooks(Fs& fs, const RepairRequest& request) {
  Pool::Hooks hooks;
  hooks.make_worker = [this, &fs, &request] {
    return std::make_unique<FileRepairer>(fs, request, surroundings_);
  };
  hooks.work = [this](FileRepairer& repairer, const VerifyTask& task) -> Answers {
    if (stopped_()) return {};
    Answers answers{task.named, repairer.repair(task), {}};
    const bool is_in_a_crowd = is_crowd_ && !wants_to_be_alone(task);
    if (is_in_a_crowd && ran_out_of_room(answers.all)) answers.again = task;
    return answers;
  };
  hooks.take = [this](const Answers& answers) {
    if (answers.again) return crowded_out_.push_back(answers);
    if (!answers.all.empty()) take_(answers.named, answers.all);
  };
  return hooks;
}

/// What others had in hand at the same time may have taken the room that a file needed.
void RepairPool::finish() {
  pool_.finish();
  if (crowded_out_.empty()) return;
  surroundings_.neighbours.forget();  // copies that were made are used again
  FileRepairer repairer(fs_, request_, surroundings_);
  for (const Answers& first : std::exchange(crowded_out_, {})) {
    take_(first.named, stopped_() ? first.all : repairer.repair(*first.again));
  }
}

void RepairPool::submit(VerifyTask task) {
  const bool alone = wants_to_be_alone(task);
  const bool elsewhere = task.place == nullptr || place_ == nullptr || task.place->dir != place_->dir;
  if (alone || elsewhere || under_way_.contains(task.name)) {
    finish();
    under_way_.clear();
  }
  under_way_.insert(task.name);
  place_ = task.place;
  pool_.submit(std::move(task));
  if (alone) finish();
}

}  // namespace session::commands
