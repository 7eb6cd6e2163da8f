#pragma once
// What session-verify says: a record and lines for each file, the totals, and the command that repairs what
// was found. Never any content of a file.

#include <string>
#include <string_view>
#include <vector>

#include "cli/report.h"
#include "commands/verify/tally.h"
#include "commands/verify/task.h"

namespace session::commands {

/// What a finding means, in one line without its position.
std::string message_of(const Finding& finding);
/// Whether the finding stands at a place in the content, not at the file as such.
bool has_position(Kind kind);

enum class Strict : bool { no, yes };
enum class Detail : std::uint8_t { damage, problems, everything };

/// Reports answers in the order they come, and sums them up.
class VerifyReport {
 public:
  struct Options {
    Strict strict = Strict::no;
    /// Of the text: `damage` leaves out warnings, notes and totals, `everything` has fine files too.
    Detail detail = Detail::problems;
    bool records_wanted = true;  ///< false: the format shows text only, no record need be made
    std::string repair_command;  ///< without paths, so that it sees what this run saw
    std::string files0_from;     ///< the list that named the files, if it can be read again
  };
  VerifyReport(cli::Reporter& report, Options options) : report_(report), options_(std::move(options)) {}

  /// `known`: which findings the baseline has, as many as the diagnosis; empty: none.
  void add(const VerifyAnswer& answer, const std::vector<bool>& known);
  /// `unused`: entries of the baseline that nothing was found for; nullopt: there is no baseline.
  void finish(const std::vector<Path>& roots, std::optional<std::uint64_t> unused);
  [[nodiscard]] cli::ExitStatus status() const { return status_; }
  [[nodiscard]] std::uint64_t files() const { return tally_.files; }
  [[nodiscard]] std::uint64_t bytes() const { return tally_.bytes; }

 private:
  [[nodiscard]] bool fails(Verdict judged) const;
  void count(const VerifyAnswer& answer, Verdict judged);
  [[nodiscard]] cli::Json record_of(const VerifyAnswer& answer, const std::vector<bool>& known,
                                    Verdict judged) const;
  [[nodiscard]] std::string lines_of(const VerifyAnswer& answer, const std::vector<bool>& known) const;
  [[nodiscard]] std::string line_of(const VerifyAnswer& answer, const Finding& finding) const;
  [[nodiscard]] std::string repair_command(const std::vector<Path>& roots) const;
  [[nodiscard]] std::string totals_text() const;

  cli::Reporter& report_;
  Options options_;
  cli::ExitStatus status_ = cli::k_exit_fine;
  Tally tally_;
  std::uint64_t known_files_ = 0;
  /// The damaged files that session-repair can do something about, as long as they are few; and where all of
  /// them came from.
  std::vector<Path> repairable_;
  std::vector<std::size_t> repairable_roots_;
  bool some_left_out_ = false;
};

}  // namespace session::commands
