#pragma once
// The survey of a store: every entry looked at, every session judged, nothing touched. What comes out of
// it is the plan that a dry run shows and a real run carries out.

#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "commands/clean/known_fresh.h"
#include "commands/clean/stores.h"
#include "session/fs.h"
#include "session/retention.h"

namespace session::commands {

/// A file that is to go.
struct Candidate {
  std::size_t directory = 0;  ///< index into Survey::directories
  Name name;
  FileId judged;
  Decision decision;
};

/// A temporary whose writer is gone.
struct OrphanTemp {
  std::size_t directory = 0;
  Name name;
  FileId judged;
  /// Empty where it may go: the file it was to replace stands there and parses. Else why it may hold the
  /// only good copy, and so is left for session-repair.
  std::string kept_because;
};

struct Survey {
  const Layout* layout = nullptr;  ///< nullptr: nothing in the store was recognised
  std::vector<Path> directories;   ///< the store, and those below it
  std::vector<Candidate> stale;    ///< in name order; with decision.remove, or held back by a brake
  std::vector<OrphanTemp> temps;
  /// Claims of cleaners that died, in name order: directory and name. One that is stale itself is among
  /// `stale` too, under the claim's name.
  std::vector<std::pair<std::size_t, Name>> claims;
  std::uint64_t scanned = 0;                         ///< entries seen
  std::array<std::uint64_t, k_reason_count> kept{};  ///< by reason, without `stale`
  std::uint64_t sessions = 0;                        ///< what max_delete's per cent is of
  std::uint64_t would_remove = 0;                    ///< stale ones that no brake but max_delete holds back
  bool braked = false;
  std::optional<KnownFresh> known_fresh;  ///< where SurveyOptions::index asks for it and the store allows it
};

/// Whether what the index of the store knows to be fresh need not be looked at. Nothing is told of such a
/// session but that it is fresh.
enum class UseIndex : bool { no, yes };

struct SurveyOptions {
  TimePoint as_of;
  TimePoint now;  ///< the clock, for what must have lain still for a while
  milliseconds repaired_grace;
  milliseconds write_grace;
  milliseconds temp_grace;
  std::size_t threads = 1;
  UseIndex index = UseIndex::no;
  /// Custom layouts, for stores whose layout is not known.
  std::span<const Layout> custom_layouts;
};

/// What the survey has to tell while it runs, in the order of names.
struct SurveyEvents {
  std::function<void(const Path& directory, const Name& name, const Decision&)> kept;
  std::function<void(const Error&)> failed;
};

/// Error: the store could not be opened or listed; not_found is for the caller to judge.
Result<Survey> survey_store(Fs& fs, const CleanStore& store, const SurveyOptions& options,
                            const SurveyEvents& events);

}  // namespace session::commands
