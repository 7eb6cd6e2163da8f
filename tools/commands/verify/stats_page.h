#pragma once
// The page of --stats, for the person whose stores they are: what is there, what is wrong with it and what
// can be done about that, what the next clean-up would remove, and what to type next. No content of any
// session is on it.

#include <string>
#include <vector>

#include "cli/report/html.h"
#include "commands/verify/store_stats.h"

namespace session::commands {

class StatsPage {
 public:
  /// Command lines without the places, with the options of this run: each only looks.
  struct Commands {
    std::string verify, repair, clean;
  };
  StatsPage(Commands commands, TimePoint when) : commands_(std::move(commands)), when_(when) {}

  void add(const StoreStats& stats);
  /// The page; its figures are those of all that was added.
  [[nodiscard]] std::string html() const;

 private:
  [[nodiscard]] cli::Html figures() const;
  [[nodiscard]] cli::Html what_now() const;

  Commands commands_;
  TimePoint when_;
  Tally total_;
  std::uint64_t stores_ = 0, absent_ = 0, failed_ = 0;
  std::uint64_t to_go_ = 0, to_go_bytes_ = 0;
  std::set<std::string_view> fix_options_;
  /// The stores, as they were named, that each command is for.
  std::vector<std::string> to_verify_, to_repair_, to_fix_, to_clean_, unknown_;
  cli::Html cards_;
};

}  // namespace session::commands
