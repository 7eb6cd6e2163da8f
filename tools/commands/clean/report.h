#pragma once
// What session-clean says: one record and one line for everything it found out or did, and the totals.
// docs/session-clean.md and docs/output-format.md describe both.

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/run.h"
#include "commands/clean/survey.h"

namespace session::commands {

/// What became of a file that was to go.
enum class Fate : std::uint8_t {
  planned,  ///< a dry run: nothing was done
  removed,
  trashed,
  gone,     ///< somebody else removed it first
  changed,  ///< written to since it was judged: kept
  in_use,   ///< a writer holds it: kept
  failed,
  not_done,  ///< the run was stopped, or could not go on, before its turn
};
std::string_view name_of(Fate fate);

struct StoreTotals {
  std::uint64_t scanned = 0;
  std::array<std::uint64_t, k_reason_count> kept{};
  std::uint64_t removed = 0;  ///< or trashed, or (dry run) planned
  std::uint64_t bytes_freed = 0;
  std::uint64_t temps_removed = 0;
  std::uint64_t temps_kept = 0;  ///< recovery candidates
  std::uint64_t put_back = 0;
  std::uint64_t emptied = 0;  ///< removed from the trash for good
  std::uint64_t errors = 0;

  void add(const StoreTotals& other);
};

enum class Doing : std::uint8_t { planning /* a dry run */, cleaning };

struct TrashedSession;

class CleanReport {
 public:
  CleanReport(cli::Context& context, Doing doing) : context_(context), doing_(doing) {}

  void begin_store(const CleanStore& store);
  void kept(const Path& directory, const Name& name, const Decision& decision);
  void stale(const Path& path, const Candidate& candidate, Fate fate, TimePoint as_of);
  void temp(const Path& path, const OrphanTemp& temp, Fate fate);
  void put_back(const Path& path);
  /// A session whose time in the trash is over.
  void emptied(const TrashedSession& session, Fate fate);
  void restored(const Path& from, const Path& to);
  void in_trash(const TrashedSession& session);
  /// A claim whose place is taken by a newer file.
  void claim_kept(const Path& path);
  void braked(const CleanStore& store, const Survey& survey);
  void failed(const Error& error, std::string_view hint = {});
  void missing(const CleanStore& store);
  void end_store(const CleanStore& store, const Layout* layout, std::uint64_t scanned);
  void summary();

  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  /// `text` as an item's line; nothing with -q.
  void item(const cli::Json& record, const std::string& text);
  [[nodiscard]] std::string line_of(const StoreTotals& totals) const;

  cli::Context& context_;
  Doing doing_;
  StoreTotals store_;
  StoreTotals total_;
  std::vector<cli::Json> stores_;
  std::string text_;
  bool has_failed_ = false;
};

}  // namespace session::commands
