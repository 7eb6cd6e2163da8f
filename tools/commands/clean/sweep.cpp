#include "commands/clean/sweep.h"

#include <algorithm>
#include <optional>

#include "cli/log.h"
#include "cli/signals.h"
#include "commands/clean/trash.h"
#include "session/execute.h"
#include "session/lock.h"
#include "session/names.h"

namespace session::commands {
namespace {

class Sweep {
 public:
  Sweep(Fs& fs, const CleanStore& store, const SweepOptions& options, CleanReport& report)
      : fs_(fs),
        store_(store),
        options_(options),
        report_(report),
        trash_run_(store.path, options.survey.now) {}

  void run() {
    report_.begin_store(store_);
    if (!survey()) return;
    save_index();
    if (!list_expired_trash()) return finish();
    if (options_.doing == Doing::cleaning && has_work() && !lock()) return finish();
    if (survey_.braked) report_.braked(store_, survey_);
    remove_stale();
    remove_temps();
    recover_claims_left();
    empty_trash();
    finish();
  }

 private:
  bool survey() {
    const SurveyEvents events{
        .kept = [this](const Path& directory, const Name& name,
                       const Decision& decision) { report_.kept(directory, name, decision); },
        .failed = [this](const Error& error) { report_.failed(error); }};
    auto surveyed = survey_store(fs_, store_, options_.survey, events);
    if (surveyed) {
      survey_ = std::move(*surveyed);
      return true;
    }
    if (surveyed.error().code == Errc::not_found) {
      report_.missing(store_);
    } else {
      report_.failed(surveyed.error());
      finish();
    }
    return false;
  }

  /// Before anything else is done: what comes after may take its time, or fail. An index that cannot be
  /// written costs the next run time and nothing else.
  void save_index() {
    const bool is_complete = options_.doing == Doing::cleaning && !cli::stop_requested();
    if (!is_complete || !survey_.known_fresh) return;
    if (const auto saved = survey_.known_fresh->save(fs_); !saved) {
      cli::log(cli::LogLevel::debug, describe(saved.error()));
    }
    survey_.known_fresh.reset();
  }

  [[nodiscard]] bool has_work() const {
    const auto goes = [](const Candidate& candidate) { return candidate.decision.remove; };
    const auto may_go = [](const OrphanTemp& temp) { return temp.kept_because.empty(); };
    return !survey_.claims.empty() || !expired_.empty() ||
           std::any_of(survey_.stale.begin(), survey_.stale.end(), goes) ||
           std::any_of(survey_.temps.begin(), survey_.temps.end(), may_go);
  }

  /// Taken only once there is something to do: a store in which nothing is stale gets no lock file. What was
  /// judged before is safe, because only the very files that were judged are removed.
  bool lock() {
    const auto dir = fs_.open_dir(store_.path, FollowLinks::yes);
    if (!dir) return fail_with(dir.error());
    auto locked = lock_file(fs_, *dir, Name(k_lock_name), LockKind::exclusive, options_.lock_timeout);
    if (!locked) {
      return fail_with(locked.error(), locked.error().code == Errc::busy
                                           ? "another session-clean or session-repair is at work there"
                                           : "");
    }
    lock_.emplace(std::move(*locked));
    return true;
  }

  bool fail_with(const Error& error, std::string_view hint = {}) {
    report_.failed(error, hint);
    return false;
  }

  /// Puts back what a cleaner that died had claimed and what is not stale.
  void recover_claims_left() {
    std::optional<std::size_t> last;
    for (const auto& [directory, name] : survey_.claims) {
      if (options_.doing == Doing::planning) {
        if (!is_stale(directory, name)) {
          report_.put_back(join_path(survey_.directories[directory], parse_artifact(name)->primary));
        }
      } else if (last != directory) {
        last = directory;
        recover_directory(directory);
      }
    }
  }

  [[nodiscard]] bool is_stale(std::size_t directory, const Name& name) const {
    return std::any_of(survey_.stale.begin(), survey_.stale.end(), [&](const Candidate& candidate) {
      return candidate.decision.remove && candidate.directory == directory && candidate.name == name;
    });
  }

  void recover_directory(std::size_t directory) {
    const Path& path = survey_.directories[directory];
    const auto dir = fs_.open_dir(path, FollowLinks::yes);
    const auto recovered = dir ? recover_claims(fs_, *dir) : Result<ClaimRecovery>{Unexpected{dir.error()}};
    if (!recovered) return report_.failed(recovered.error());
    for (const Name& name : recovered->put_back) report_.put_back(join_path(path, name));
    for (const Name& name : recovered->kept) report_.claim_kept(join_path(path, name));
  }

  // -- one file

  /// The directory of `directory`, opened once for all files in a row that it holds.
  const Dir* open_directory(std::size_t directory) {
    if (dir_ && directory == dir_index_) return &*dir_;
    dir_.reset();
    auto opened = fs_.open_dir(survey_.directories[directory], FollowLinks::yes);
    if (!opened) {
      if (opened.error().code != Errc::not_found) report_.failed(opened.error());
      return nullptr;
    }
    dir_.emplace(std::move(*opened));
    dir_index_ = directory;
    return &*dir_;
  }

  Fate fate_of(const Candidate& candidate) {
    const Dir* dir = open_directory(candidate.directory);
    if (dir == nullptr) return Fate::gone;
    // Held until the file is gone: whoever changes a session in place, as our own tools do, locks it.
    const auto file = fs_.open(*dir, candidate.name, Access::read);
    if (!file) return fate_after(file.error());
    const auto about = fs_.stat(*file);
    if (!about) return fate_after(about.error());
    if (id_of(*about) != candidate.judged) return Fate::changed;
    if (const auto locked = fs_.try_lock(*file, LockKind::exclusive); !locked) {
      return locked.error().code == Errc::busy ? Fate::in_use : fate_after(locked.error());
    }
    if (!store_.trash) return carry_out(*dir, RemoveStep{candidate.name, candidate.judged});
    const Fate fate = carry_out(*dir, trash_run_.step(dir->path(), candidate.name, candidate.judged));
    return fate == Fate::removed ? Fate::trashed : fate;
  }

  Fate carry_out(const Dir& dir, const Step& step) {
    const auto done = execute(fs_, dir, step);
    return done ? Fate::removed : fate_after(done.error());
  }

  Fate fate_after(const Error& error) {
    if (error.code == Errc::not_found) return Fate::gone;
    if (error.code == Errc::not_regular) return Fate::changed;
    if (error.code == Errc::changed) {
      if (!error.detail.empty()) report_.failed(error);
      return Fate::changed;
    }
    report_.failed(error);
    return Fate::failed;
  }

  // -- all of them, in batches: the intents of a batch are in the audit log before its first removal

  template <class Describe, class Act, class Tell>
  void carry_out_all(std::size_t count, const Describe& describe, const Act& act, const Tell& tell) {
    constexpr std::size_t k_batch = 128;
    for (std::size_t begin = 0; begin < count; begin += k_batch) {
      const std::size_t end = std::min(begin + k_batch, count);
      std::vector<AuditEntry> entries;
      for (std::size_t i = begin; i < end; ++i) entries.push_back(describe(i));
      const bool may_act =
          !cli::stop_requested() && (options_.doing == Doing::planning || log_intents(entries));
      std::vector<Fate> fates;
      for (std::size_t i = begin; i < end; ++i) {
        fates.push_back(!may_act || cli::stop_requested()   ? Fate::not_done
                        : options_.doing == Doing::planning ? Fate::planned
                                                            : act(i));
        tell(i, fates.back());
      }
      if (options_.doing == Doing::cleaning && may_act) log_outcomes(entries, fates);
    }
  }

  /// What cannot be written down beforehand is not done.
  bool log_intents(const std::vector<AuditEntry>& entries) {
    if (options_.audit == nullptr) return true;
    const auto logged = options_.audit->intend(entries);
    return logged || fail_with(logged.error(), "nothing is removed that cannot be entered in the audit log");
  }
  void log_outcomes(const std::vector<AuditEntry>& entries, const std::vector<Fate>& fates) {
    if (options_.audit == nullptr) return;
    if (const auto logged = options_.audit->conclude(entries, fates); !logged) report_.failed(logged.error());
  }

  [[nodiscard]] Path path_of(std::size_t directory, const Name& name) const {
    return join_path(survey_.directories[directory], name);
  }

  void remove_stale() {
    std::erase_if(survey_.stale, [](const Candidate& candidate) { return !candidate.decision.remove; });
    carry_out_all(
        survey_.stale.size(),
        [this](std::size_t i) -> AuditEntry {
          const Candidate& each = survey_.stale[i];
          return {path_of(each.directory, each.name), store_.trash ? "trash" : "remove", "stale",
                  each.decision.activity, each.judged.size};
        },
        [this](std::size_t i) { return fate_of(survey_.stale[i]); },
        [this](std::size_t i, Fate fate) {
          const Candidate& each = survey_.stale[i];
          report_.stale(path_of(each.directory, each.name), each, fate, options_.survey.as_of);
        });
  }

  void remove_temps() {
    for (const OrphanTemp& temp : survey_.temps) {
      if (!temp.kept_because.empty()) {
        report_.temp(path_of(temp.directory, temp.name), temp, Fate::not_done);
      }
    }
    std::erase_if(survey_.temps, [](const OrphanTemp& temp) { return !temp.kept_because.empty(); });
    carry_out_all(
        survey_.temps.size(),
        [this](std::size_t i) -> AuditEntry {
          const OrphanTemp& each = survey_.temps[i];
          return {path_of(each.directory, each.name), "remove", "orphan-temp", std::nullopt,
                  each.judged.size};
        },
        [this](std::size_t i) {
          const OrphanTemp& each = survey_.temps[i];
          const Dir* dir = open_directory(each.directory);
          return dir == nullptr ? Fate::gone : carry_out(*dir, RemoveStep{each.name, each.judged});
        },
        [this](std::size_t i, Fate fate) {
          const OrphanTemp& each = survey_.temps[i];
          report_.temp(path_of(each.directory, each.name), each, fate);
        });
  }

  // -- the trash

  bool list_expired_trash() {
    if (store_.trash) {
      if (const auto checked = check_trash(fs_, store_.path); !checked) return fail_with(checked.error());
    }
    if (store_.only || store_.trash_ttl == milliseconds{0}) return true;
    auto trashed = list_trash(fs_, store_.path);
    if (!trashed) return fail_with(trashed.error());
    expired_ = std::move(*trashed);
    std::erase_if(expired_, [this](const TrashedSession& session) {
      return options_.survey.as_of - session.trashed <= store_.trash_ttl;
    });
    return true;
  }

  void empty_trash() {
    carry_out_all(
        expired_.size(),
        [this](std::size_t i) -> AuditEntry {
          const TrashedSession& each = expired_[i];
          return {join_path(each.directory, each.name), "remove", "trash-expired", std::nullopt,
                  each.id.size};
        },
        [this](std::size_t i) {
          const TrashedSession& each = expired_[i];
          const auto dir = fs_.open_dir(each.directory, FollowLinks::no);
          return dir ? carry_out(*dir, RemoveStep{each.name, each.id}) : fate_after(dir.error());
        },
        [this](std::size_t i, Fate fate) { report_.emptied(expired_[i], fate); });
    if (!expired_.empty() && options_.doing == Doing::cleaning) tidy_trash(fs_, store_.path);
  }

  void finish() { report_.end_store(store_, survey_.layout, survey_.scanned); }

  Fs& fs_;
  const CleanStore& store_;
  const SweepOptions& options_;
  CleanReport& report_;
  Survey survey_;
  TrashRun trash_run_;
  std::vector<TrashedSession> expired_;
  std::optional<Lock> lock_;
  std::optional<Dir> dir_;
  std::size_t dir_index_ = 0;
};

}  // namespace

void clean_store(Fs& fs, const CleanStore& store, const SweepOptions& options, CleanReport& report) {
  Sweep(fs, store, options, report).run();
}

}  // namespace session::commands
