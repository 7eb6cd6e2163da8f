#include "commands/verify/task.h"

#include <algorithm>
#include <array>

#include "cli/input.h"

namespace session::commands {

namespace {

VerifyAnswer verify_standard_input(const VerifyWork& work, Inspector& inspector, VerifyAnswer answer) {
  answer.source.shown = cli::k_standard_input;
  answer.standard_input = true;
  answer.layout = work.layout;
  Subject subject;
  subject.layout = work.layout;
  if (work.layout != nullptr) subject.format = work.layout->format;
  answer.inspection = inspector.inspect_stream(subject, cli::read_standard_input);
  return answer;
}

/// What lies around sessions is not read, only judged by its name and state.
VerifyAnswer verify_artifact(const VerifyWork& work, const Artifact& artifact, VerifyAnswer answer) {
  answer.is_file = false;
  auto finding = judge_artifact(work.fs, *answer.source.place, answer.source.name, artifact, work.temp_grace);
  if (!finding || work.inspect.ignored.test(static_cast<std::size_t>(finding->kind))) {
    answer.skipped = true;
    return answer;
  }
  answer.inspection.diagnosis.verdict = verdict_of(severity_of(*finding));
  answer.inspection.diagnosis.findings.push_back(std::move(*finding));
  return answer;
}

}  // namespace

VerifyRoom verify_room(std::size_t threads, std::size_t descriptors) {
  // Standard input, output and error, a list of paths, a log, a spool, and what the caller has left open.
  constexpr std::size_t k_others = 8;
  constexpr std::size_t k_most_places = 256;
  // A third for each: files that threads read, directories of tasks, and those on the way down to them.
  const std::size_t third = std::max<std::size_t>(std::max(descriptors, k_others) - k_others, 3) / 3;
  return {std::min(threads, third), std::min(k_most_places, third)};
}

void VerifySubmit::operator()(VerifyTask task) {
  if (task.place.get() != place_ && places_++ == most_places_) {
    pool_->finish();
    places_ = 1;
  }
  place_ = task.place.get();
  pool_->submit(std::move(task));
}

void look_ahead(const VerifyWork& work, Inspector& inspector, std::span<const VerifyTask* const> tasks) {
  std::array<const Name*, BatchReader::k_files> names;
  std::size_t count = 0;
  const VerifyPlace* const place = tasks.front()->place.get();
  for (const VerifyTask* const task : tasks) {
    if (task->place.get() == place && count < names.size() && format_of_extension(task->name)) {
      names[count++] = &task->name;
    }
  }
  // In a store each file's mode is looked at, which takes a status of it.
  const bool wanted = place != nullptr && (!place->is_store || work.inspect.level == Level::syntax);
  inspector.look_ahead(wanted ? place->dir : nullptr, std::span(names).first(count));
}

VerifyAnswer work_on(const VerifyWork& work, Inspector& inspector, VerifyTask&& task,
                     const Inspector::Share& share) {
  VerifyAnswer answer;
  answer.source = std::move(static_cast<VerifySource&>(task));
  const auto& [place, name, shown, root] = answer.source;
  if (task.error) {
    answer.inspection.error = std::move(task.error);
    return answer;
  }
  if (place == nullptr) return verify_standard_input(work, inspector, std::move(answer));
  if (task.named == Named::no) {
    const auto artifact = parse_artifact(name);
    if (artifact && concerns_us(*place, *artifact)) {
      return verify_artifact(work, *artifact, std::move(answer));
    }
  }
  const std::optional<Subject> subject = subject_of(*place, name, task.named);
  if (!subject) {
    answer.skipped = true;
    return answer;
  }
  answer.layout = subject->layout;
  answer.inspection = inspector.inspect(*place->dir, name, *subject, share);
  if (std::optional<Error>& error = answer.inspection.error) {
    // A session that a cleaner removed, or its owner, between listing and reading is no failure.
    answer.skipped = task.named == Named::no && error->code == Errc::not_found;
    error->subject = answer.source.path();
  }
  return answer;
}

}  // namespace session::commands
