#include "commands/clean/sweep.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/log.h"
#include "cli/signals.h"
#include "commands/clean/trash.h"
#include "session/execute.h"
#include "session/lock.h"
#include "session/names.h"
#include "session/ordered_pool.h"

namespace session::commands {
namespace {

/// What became of one file, and what there is to say about it.
struct Deed {
  Fate fate;
  std::optional<Error> error = {};
};

Deed deed_after(const Error& error) {
  switch (error.code) {
    case Errc::not_found: return {Fate::gone};
    case Errc::not_regular: return {Fate::changed};
    case Errc::changed: return {Fate::changed, error.detail.empty() ? std::nullopt : std::optional(error)};
    default: return {Fate::failed, error};
  }
}

/// What removes, one on each thread.
class Remover {
 public:
  Remover(Fs& fs, const Survey& survey) : fs_(fs), survey_(survey) {}

  /// `trash`: nullptr where what is stale is removed for good.
  Deed remove(const Candidate& candidate, const TrashRun* trash) {
    const auto dir = open_directory(candidate.directory);
    if (!dir) return deed_after(dir.error());
    // Held until the file is gone: whoever changes a session in place, as our own tools do, locks it.
    const auto opened = fs_.open_described(**dir, candidate.name, Access::read);
    if (!opened) return deed_after(opened.error());
    if (id_of(opened->about) != candidate.judged) return {Fate::changed};
    if (const auto locked = fs_.try_lock(opened->file, LockKind::exclusive); !locked) {
      return locked.error().code == Errc::busy ? Deed{Fate::in_use} : deed_after(locked.error());
    }
    if (trash == nullptr) return carry_out(**dir, RemoveStep{candidate.name, candidate.judged});
    Deed deed = carry_out(**dir, trash->step((*dir)->path(), candidate.name, candidate.judged));
    if (deed.fate == Fate::removed) deed.fate = Fate::trashed;
    return deed;
  }

  Deed remove(const OrphanTemp& temp) {
    const auto dir = open_directory(temp.directory);
    return dir ? carry_out(**dir, RemoveStep{temp.name, temp.judged}) : deed_after(dir.error());
  }

  Deed remove(const TrashedSession& session) {
    const auto dir = fs_.open_dir(session.directory, FollowLinks::no);
    return dir ? carry_out(*dir, RemoveStep{session.name, session.id}) : deed_after(dir.error());
  }

 private:
  Deed carry_out(const Dir& dir, const Step& step) {
    const auto done = execute(fs_, dir, step);
    return done ? Deed{Fate::removed} : deed_after(done.error());
  }

  /// Opened once for all files in a row that it holds.
  Result<const Dir*> open_directory(std::size_t directory) {
    if (!dir_ || directory != dir_index_) {
      dir_.reset();
      auto opened = fs_.open_dir(survey_.directories[directory], FollowLinks::yes);
      if (!opened) return Unexpected{opened.error()};
      dir_.emplace(std::move(*opened));
      dir_index_ = directory;
    }
    return &*dir_;
  }

  Fs& fs_;
  const Survey& survey_;
  std::optional<Dir> dir_;
  std::size_t dir_index_ = 0;
};

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

  // -- all of them, in batches: the intents of a batch are in the audit log before its first removal

  static constexpr std::size_t k_batch = 128;
  static constexpr std::size_t k_batches_under_way = 8;

  struct Part {
    std::size_t begin, end;
    bool may_act = false;
    std::vector<AuditEntry> entries = {};
    std::vector<Deed> deeds = {};
  };

  /// `act` is called on any thread, `describe` and `tell` on this one, in order.
  template <class Describe, class Act, class Tell>
  void carry_out_all(std::size_t count, const Describe& describe, const Act& act, const Tell& tell) {
    const auto take = [&](const Part& part) {
      std::vector<Fate> fates;
      for (std::size_t i = part.begin; i < part.end; ++i) {
        const Deed& deed = part.deeds[i - part.begin];
        if (deed.error) report_.failed(*deed.error);
        tell(i, deed.fate);
        fates.push_back(deed.fate);
      }
      if (part.may_act) log_outcomes(part.entries, fates);
    };
    OrderedPool<Part, Part, Remover> pool(
        options_.survey.threads, k_batches_under_way,
        {.make_worker = [this] { return std::make_unique<Remover>(fs_, survey_); },
         .work = [&](Remover& remover, Part part) { return carry_out_part(remover, std::move(part), act); },
         .take = take});
    for (std::size_t begin = 0; begin < count; begin += k_batch) {
      Part part{begin, std::min(begin + k_batch, count)};
      if (options_.audit != nullptr) {
        for (std::size_t i = part.begin; i < part.end; ++i) part.entries.push_back(describe(i));
      }
      part.may_act = options_.doing == Doing::cleaning && !cli::stop_requested() && log_intents(part.entries);
      pool.submit(std::move(part));
    }
    pool.finish();
  }

  template <class Act>
  Part carry_out_part(Remover& remover, Part part, const Act& act) const {
    for (std::size_t i = part.begin; i < part.end; ++i) {
      if (options_.doing == Doing::planning && !cli::stop_requested()) {
        part.deeds.push_back({Fate::planned});
      } else if (part.may_act && !cli::stop_requested()) {
        part.deeds.push_back(act(remover, i));
      } else {
        part.deeds.push_back({Fate::not_done});
      }
    }
    return part;
  }

  /// What cannot be written down beforehand is not done.
  bool log_intents(const std::vector<AuditEntry>& entries) {
    if (options_.audit == nullptr) return true;
    if (audit_failed_) return false;
    const auto logged = options_.audit->intend(entries);
    audit_failed_ = !logged;
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
        [this](Remover& remover, std::size_t i) {
          return remover.remove(survey_.stale[i], store_.trash ? &trash_run_ : nullptr);
        },
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
        [this](Remover& remover, std::size_t i) { return remover.remove(survey_.temps[i]); },
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
        [this](Remover& remover, std::size_t i) { return remover.remove(expired_[i]); },
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
  bool audit_failed_ = false;
};

}  // namespace

void clean_store(Fs& fs, const CleanStore& store, const SweepOptions& options, CleanReport& report) {
  Sweep(fs, store, options, report).run();
}

}  // namespace session::commands
