#pragma once
// The page of a repair, for the person whose sessions they are: what was damaged where, what was kept and
// what was lost, and what to do next. No content of any session is on it, except the places a --diff shows.

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/report/html.h"
#include "commands/repair/request.h"

namespace session::commands {

/// What the page tells of the run as a whole.
struct RepairRun {
  Doing doing = Doing::repairing;
  bool shows_edits = false;
  std::vector<std::string> places;  ///< paths and stores
  /// Command lines with the options of this run that choose what is repaired and how, without the places.
  std::string command;
  std::string level;  ///< of the run, where it was given; `command` is without it
  std::string verify_command;
  TimePoint when;
};

class RepairPage {
 public:
  explicit RepairPage(RepairRun run) : run_(std::move(run)) {}

  void add(const RepairAnswer& answer);
  /// The page; the totals are those of what was added.
  [[nodiscard]] std::string html() const;

 private:
  struct Totals {
    std::uint64_t files = 0, healthy = 0, repaired = 0, quarantined = 0, remaining = 0, failed = 0;
    std::uint64_t records = 0, values = 0, bytes = 0;
  };
  [[nodiscard]] cli::Html card(const RepairAnswer& answer) const;
  [[nodiscard]] cli::Html edits(const RepairAnswer& answer) const;
  [[nodiscard]] cli::Html next_steps(const RepairAnswer& answer) const;
  [[nodiscard]] cli::Html figures() const;
  [[nodiscard]] cli::Html what_now() const;

  RepairRun run_;
  Totals totals_;
  cli::Html cards_;
  std::uint64_t cards_left_out_ = 0;
  std::uint64_t cards_shown_ = 0;
};

}  // namespace session::commands
