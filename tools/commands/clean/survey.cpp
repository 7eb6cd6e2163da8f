#include "commands/clean/survey.h"

#include <algorithm>
#include <map>
#include <memory>

#include "cli/limits.h"
#include "cli/signals.h"
#include "commands/clean/judge.h"
#include "session/detect.h"
#include "session/names.h"
#include "session/ordered_pool.h"
#include "session/process.h"
#include "session/scan.h"

namespace session::commands {
namespace {

struct Batch {
  std::shared_ptr<const Dir> dir;
  std::size_t directory = 0;
  std::vector<Entry> entries;
};

struct Answers {
  std::size_t directory = 0;
  std::vector<Judged> judged;
};

class Surveyor {
 public:
  Surveyor(Fs& fs, const CleanStore& store, const SurveyOptions& options, const SurveyEvents& events)
      : fs_(fs),
        store_(store),
        options_(options),
        events_(events),
        judge_(fs, store.policy, options.as_of, options.now, options.write_grace),
        restraint_(store.policy) {}

  Result<Survey> run() {
    if (auto found = find_layout_of_store(); !found) return Unexpected{found.error()};
    // Without a layout nothing is read: every file is foreign.
    const Layout none;
    layout_ = survey_.layout != nullptr ? survey_.layout : &none;
    judge_.set_layout(*layout_);
    if (options_.index == UseIndex::yes) {
      survey_.known_fresh = KnownFresh::open(fs_, store_, *layout_, options_.as_of);
    }
    const std::size_t directories = directories_at_once();
    Pool pool(options_.threads, directories,
              {.make_worker = [this] { return std::make_unique<Eyes>(*layout_); },
               .work = [this](Eyes& eyes, Batch batch) { return judge_batch(eyes, batch); },
               .take = [this](Answers answers) { take(std::move(answers)); }});
    ScanOptions scanning;
    scanning.names_in_memory = k_names_in_memory;
    scanning.held_open = directories;
    scanning.recurse = layout_->recursive && !store_.only ? Recurse::yes : Recurse::no;
    scanning.enter = [this](const std::shared_ptr<const Dir>& dir, const Name& name) {
      // Directories whose names begin with a dot hold no sessions: the trash is one of them.
      if (name.starts_with('.') || !layout_->may_hold_sessions(name)) return false;
      if (store_.others.empty()) return true;
      const auto about = fs_.stat(*dir, name);
      return !about || !is_others({about->dev, about->ino});
    };
    const auto scanned = scan(fs_, store_.path, scanning,
                              [&](const std::shared_ptr<const Dir>& dir, std::vector<ScanItem> items) {
                                visit(pool, dir, std::move(items));
                                return !cli::stop_requested();
                              });
    if (!scanned) return Unexpected{scanned.error()};
    pool.finish();
    look_at_temps();
    restrain();
    return std::move(survey_);
  }

 private:
  using Pool = OrderedPool<Batch, Answers, Eyes>;
  static constexpr std::size_t k_most_directories = 64;
  static constexpr std::size_t k_batch_entries = 64;
  /// Some 50 MB. A directory of more than twice as many is listed once more for each of them.
  static constexpr std::size_t k_names_in_memory = 524'288;

  /// So many stay open on the way down, and so many with the batches under way, each of which keeps its own.
  static std::size_t directories_at_once() {
    return std::clamp(cli::descriptor_limit() / 6, std::size_t{1}, k_most_directories);
  }

  Result<void> find_layout_of_store() {
    survey_.layout = store_.layout;
    if (survey_.layout != nullptr) return {};
    if (!store_.only) {
      const auto found = detect_layout(fs_, store_.path, options_.custom_layouts);
      if (!found) return Unexpected{found.error()};
      survey_.layout = *found;
      return {};
    }
    constexpr std::uint64_t k_most_bytes = 4 << 20;
    const auto dir = fs_.open_dir(store_.path, FollowLinks::yes);
    if (!dir) return Unexpected{dir.error()};
    const auto file = fs_.open(*dir, *store_.only, Access::read);
    if (!file) return {};
    if (const auto bytes = read_all(fs_, *file, k_most_bytes)) {
      survey_.layout = layout_of_content(*store_.only, *bytes, options_.custom_layouts);
    }
    return {};
  }

  // -- what stands in the directories

  void visit(Pool& pool, const std::shared_ptr<const Dir>& dir, std::vector<ScanItem> items) {
    Batch batch{dir, index_of(dir), {}};
    drop_others(*dir, items);
    for (ScanItem& item : items) {
      if (item.error) {
        events_.failed(*item.error);
        continue;
      }
      if (auto entry = classify(*dir, batch.directory, item)) batch.entries.push_back(std::move(*entry));
      if (batch.entries.size() == k_batch_entries) {
        pool.submit(std::exchange(batch, Batch{dir, batch.directory, {}}));
      }
    }
    if (!batch.entries.empty()) pool.submit(std::move(batch));
  }

  [[nodiscard]] bool is_others(const DirectoryId& directory) const {
    return std::any_of(store_.others.begin(), store_.others.end(), [&](const OtherStore& other) {
      return other.directory == directory && !other.only && other.beside == nullptr;
    });
  }

  /// Files that are judged by other stores of this run.
  void drop_others(const Dir& dir, std::vector<ScanItem>& items) const {
    const auto concerns_files = [](const OtherStore& other) { return other.only || other.beside != nullptr; };
    if (std::none_of(store_.others.begin(), store_.others.end(), concerns_files)) return;
    const auto about = fs_.stat(dir);
    if (!about) return;
    const DirectoryId here{about->dev, about->ino};
    std::erase_if(items, [&](const ScanItem& item) {
      return std::any_of(store_.others.begin(), store_.others.end(), [&](const OtherStore& other) {
        if (other.directory != here || !concerns_files(other)) return false;
        if (other.only) return other.only == item.name;
        return other.beside->classify(item.name) == NameKind::session &&
               layout_->classify(item.name) != NameKind::session;
      });
    });
  }

  std::size_t index_of(const std::shared_ptr<const Dir>& dir) {
    const auto [place, added] = indexes_.emplace(dir->path(), survey_.directories.size());
    if (added) survey_.directories.push_back(dir->path());
    return place->second;
  }

  std::optional<Entry> classify(const Dir& dir, std::size_t directory, ScanItem& item) {
    if (store_.only && item.name != *store_.only) {
      if (const auto artifact = parse_artifact(item.name)) note_writers(dir, *artifact, item);
      return std::nullopt;
    }
    if (const auto artifact = parse_artifact(item.name)) {
      note_writers(dir, *artifact, item);
      return classify_artifact(directory, *artifact, item);
    }
    if (item.type == FileType::directory && layout_->recursive) return std::nullopt;
    if (item.name == k_index_name) return std::nullopt;
    if (survey_.layout == nullptr) return Entry{std::move(item.name), Reason::foreign};
    std::optional<Reason> keep_because;
    switch (layout_->classify(item.name)) {
      case NameKind::side: keep_because = Reason::protected_name; break;
      case NameKind::foreign: keep_because = Reason::foreign; break;
      case NameKind::session: break;
    }
    if (item.name.starts_with('.')) keep_because = Reason::protected_name;
    if (item.type != FileType::regular) keep_because = Reason::not_regular;
    std::optional<TimePoint> fresh_until;
    if (!keep_because && survey_.known_fresh) {
      fresh_until = survey_.known_fresh->fresh_until(dir.path(), item.name);
      if (fresh_until) keep_because = Reason::fresh;
    }
    return Entry{std::move(item.name), keep_because, fresh_until};
  }

  /// Traces of somebody at work on a session, or of its repair.
  void note_writers(const Dir& dir, const Artifact& artifact, const ScanItem& item) {
    const auto hold = [&](Reason reason) {
      for (const Name& primary : primaries_of(artifact)) {
        held_back_.emplace(join_path(dir.path(), primary), reason);
      }
    };
    const bool is_held = artifact.kind == ArtifactKind::lock && is_recent(dir, item.name);
    if (is_held || (artifact.kind == ArtifactKind::temporary && is_at_work(artifact))) {
      hold(Reason::in_use);
    } else if (artifact.when && options_.now - *artifact.when < options_.repaired_grace &&
               (artifact.kind == ArtifactKind::backup || artifact.kind == ArtifactKind::sidecar)) {
      hold(Reason::recently_repaired);
    }
  }

  /// A lock file is left behind by every writer that dies: only one that was just taken says anything.
  [[nodiscard]] bool is_recent(const Dir& dir, const Name& name) const {
    const auto about = fs_.stat(dir, name);
    return about && options_.now - mtime_of(id_of(*about)) < options_.temp_grace;
  }

  std::optional<Entry> classify_artifact(std::size_t directory, const Artifact& artifact, ScanItem& item) {
    if (survey_.layout == nullptr) return std::nullopt;
    if (artifact.kind == ArtifactKind::temporary && item.type == FileType::regular && !is_at_work(artifact)) {
      survey_.temps.push_back({directory, item.name, {}, {}});
    }
    if (artifact.kind != ArtifactKind::claim || !artifact.ours || is_at_work(artifact)) return std::nullopt;
    // A session that a cleaner had renamed when it died: judged like any other, and gone or put back.
    survey_.claims.emplace_back(directory, item.name);
    const bool is_session = layout_->classify(artifact.primary) == NameKind::session;
    if (!is_session || item.type != FileType::regular) return std::nullopt;
    return Entry{std::move(item.name), std::nullopt};
  }

  [[nodiscard]] static bool is_at_work(const Artifact& artifact) {
    return artifact.pid && *artifact.pid != process_id() && process_is_alive(*artifact.pid);
  }

  /// The names an artifact's session may have: some writers drop the suffix for their temporaries.
  [[nodiscard]] std::vector<Name> primaries_of(const Artifact& artifact) const {
    const Name session = session_behind(artifact);
    if (session.empty()) return {};
    return {session, session + layout_->suffix};
  }

  // -- what stands in the sessions; on any thread

  Answers judge_batch(Eyes& eyes, Batch& batch) const {
    Answers answers{batch.directory, {}};
    answers.judged.reserve(batch.entries.size());
    for (Entry& entry : batch.entries) answers.judged.push_back(judge_.judge_entry(eyes, *batch.dir, entry));
    return answers;
  }

  // -- the answers; on the owner's thread

  void take(Answers answers) {
    for (Judged& judged : answers.judged) {
      if (judged.vanished) continue;
      ++survey_.scanned;
      if (judged.error) events_.failed(*judged.error);
      note_fresh(survey_.directories[answers.directory], judged);
      if (judged.decision.remove) {
        survey_.stale.push_back({answers.directory, std::move(judged.name), judged.id, judged.decision});
      } else {
        restraint_.see(judged.decision);
        keep(survey_.directories[answers.directory], judged.name, judged.decision);
      }
    }
  }

  void note_fresh(const Path& directory, const Judged& judged) {
    if (!survey_.known_fresh || !judged.fresh_until) return;
    const auto source = judged.decision.activity ? KnownFresh::Source::content : KnownFresh::Source::index;
    survey_.known_fresh->note(directory, judged.name, *judged.fresh_until, source);
  }

  void keep(const Path& directory, const Name& name, const Decision& decision) {
    ++survey_.kept[static_cast<std::size_t>(decision.reason)];
    events_.kept(directory, name, decision);
  }

  // -- what needs all of them

  /// What others' names, or keep_newest and max_delete, hold back of what is stale.
  void restrain() {
    std::vector<Decision> decisions;
    for (Candidate& candidate : survey_.stale) {
      if (const auto held = held_back_by(candidate)) {
        candidate.decision.remove = false;
        candidate.decision.reason = *held;
      }
      restraint_.see(candidate.decision);
    }
    for (const Candidate& candidate : survey_.stale) decisions.push_back(candidate.decision);
    drop_held_back(decisions);
    survey_.braked = restraint_.restrain(decisions);
    survey_.sessions = restraint_.sessions();
    for (std::size_t i = 0; i < decisions.size(); ++i) survey_.stale[i].decision = decisions[i];
    survey_.would_remove = static_cast<std::uint64_t>(std::count_if(
        decisions.begin(), decisions.end(),
        [](const Decision& decision) { return decision.remove || decision.reason == Reason::brake; }));
    for (const Candidate& candidate : survey_.stale) {
      if (!candidate.decision.remove) {
        keep(survey_.directories[candidate.directory], candidate.name, candidate.decision);
      }
    }
  }

  [[nodiscard]] std::optional<Reason> held_back_by(const Candidate& candidate) const {
    if (held_back_.empty()) return std::nullopt;
    const auto artifact = parse_artifact(candidate.name);
    const auto held = held_back_.find(
        join_path(survey_.directories[candidate.directory], artifact ? artifact->primary : candidate.name));
    return held == held_back_.end() ? std::nullopt : std::optional(held->second);
  }

  /// Takes out of `decisions` and of the candidates those already held back, and counts them as kept.
  void drop_held_back(std::vector<Decision>& decisions) {
    for (const Candidate& candidate : survey_.stale) {
      if (!candidate.decision.remove) {
        keep(survey_.directories[candidate.directory], candidate.name, candidate.decision);
      }
    }
    std::erase_if(survey_.stale, [](const Candidate& candidate) { return !candidate.decision.remove; });
    std::erase_if(decisions, [](const Decision& decision) { return !decision.remove; });
  }

  // -- temporaries

  void look_at_temps() {
    std::erase_if(survey_.temps, [this](OrphanTemp& temp) {
      const auto dir = fs_.open_dir(survey_.directories[temp.directory], FollowLinks::yes);
      if (!dir) return true;
      const auto about = fs_.stat(*dir, temp.name);
      if (!about || about->type != FileType::regular) return true;
      temp.judged = id_of(*about);
      if (options_.now - mtime_of(temp.judged) <= options_.temp_grace) return true;
      temp.kept_because = why_needed(*dir, temp.name);
      return false;
    });
  }

  /// Empty if what `temp` was to replace is whole.
  std::string why_needed(const Dir& dir, const Name& temp) {
    for (const Name& primary : primaries_of(*parse_artifact(temp))) {
      const auto file = fs_.open(dir, primary, Access::read);
      if (!file && file.error().code == Errc::not_found) continue;
      if (!file) return primary + " cannot be read";
      return is_whole(*file, primary) ? "" : primary + " is damaged or empty";
    }
    return "the file it was to become is not there";
  }

  bool is_whole(const File& file, const Name& name) {
    Layout shape;
    shape.format = name.ends_with(suffix_of(Format::json_lines)) ? Format::json_lines : Format::json;
    Eyes eyes(shape);
    const auto about = fs_.stat(file);
    if (!about) return false;
    const auto facts = read_file_facts(fs_, file, about->size, eyes);
    // A husk parses too: `[]` written over a session leaves its temporary as the only copy.
    return facts && facts->parses && !facts->empty_container;
  }

  Fs& fs_;
  const CleanStore& store_;
  const SurveyOptions& options_;
  const SurveyEvents& events_;
  const Layout* layout_ = nullptr;
  SessionJudge judge_;
  Restraint restraint_;
  Survey survey_;
  std::map<Path, std::size_t> indexes_;
  std::map<Path, Reason> held_back_;
};

}  // namespace

Result<Survey> survey_store(Fs& fs, const CleanStore& store, const SurveyOptions& options,
                            const SurveyEvents& events) {
  return Surveyor(fs, store, options, events).run();
}

}  // namespace session::commands
