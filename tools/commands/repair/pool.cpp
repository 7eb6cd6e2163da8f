#include "commands/repair/pool.h"

namespace session::commands {
namespace {

// The answers of so many may wait to be reported.
constexpr std::size_t k_tasks_under_way = 64;

bool wants_to_be_alone(const VerifyTask& task) {
  if (task.place == nullptr) return false;
  const std::optional<Artifact> artifact = parse_artifact(task.name);
  return artifact && (artifact->kind == ArtifactKind::temporary || artifact->kind == ArtifactKind::claim);
}

}  // namespace

RepairPool::RepairPool(Fs& fs, const RepairRequest& request, std::size_t threads, Take take,
                       std::function<bool()> stopped)
    : surroundings_(fs, request),
      take_(std::move(take)),
      stopped_(std::move(stopped)),
      // With --diff an answer holds the text before and after: no more than one waits.
      pool_(request.keep_bytes ? 1 : threads, request.keep_bytes ? 1 : k_tasks_under_way,
            hooks(fs, request)) {}

RepairPool::Pool::Hooks RepairPool::hooks(Fs& fs, const RepairRequest& request) {
  Pool::Hooks hooks;
  hooks.make_worker = [this, &fs, &request] {
    return std::make_unique<FileRepairer>(fs, request, surroundings_);
  };
  hooks.work = [this](FileRepairer& repairer, const VerifyTask& task) -> Answers {
    if (stopped_()) return {};
    return {task.named, repairer.repair(task)};
  };
  hooks.take = [this](const Answers& answers) {
    if (!answers.all.empty()) take_(answers.named, answers.all);
  };
  return hooks;
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
