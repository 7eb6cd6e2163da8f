#pragma once
// Reporting: results on stdout, messages on stderr. A tool says the same thing once, as a record with
// its fields and as the line a person reads; the reporter of the chosen format writes one of them.
// docs/output-format.md is the contract of the machine formats.
//
// Not thread-safe: a tool that works on several threads reports from one, in its own order.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/exit_code.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "session/error.h"

namespace session::cli {

using Json = nlohmann::ordered_json;
class Spool;

/// The version of the record schema ("v" in the first record): raised when a meaning changes, not when
/// a field is added.
inline constexpr int k_schema_version = 1;

/// Where a reporter writes; owned by run().
struct Sinks {
  Output& out;
  Messages& messages;
  Terminal out_terminal;  ///< what stdout is
  /// For what waits until everything is known (Spool).
  std::optional<std::string> temporary_directory;
};

class Reporter {
 public:
  explicit Reporter(Sinks sinks) : sinks_(std::move(sinks)) {}
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  virtual ~Reporter() = default;

  /// The first record; called by run().
  virtual void begin(const Json& /*fields*/) {}
  /// Before the first item: "known" in its findings tells what a baseline has, all others are new.
  virtual void compare_with_baseline() {}
  /// One result (a file, a session). `fields` must hold "path" (made by add_path()); the record's
  /// "type" is "item". `text` may be empty (nothing to tell a person) and may have several lines; the
  /// last newline is added.
  virtual void item(const Json& fields, std::string_view text) = 0;
  /// The totals; "type" is "summary". At most once, after the last item.
  virtual void summary(const Json& fields, std::string_view text) = 0;
  /// The end, with the exit status, which is that of what was done where a signal cuts it short
  /// (deadly_signal()); called by run().
  virtual void finish(ExitStatus /*status*/) {}

  /// An operation failed: a message on stderr in every format, and a record of type "error" in the machine
  /// formats. `stage` stands in brackets before the message: "atomic-write". `fields` are more members of the
  /// record.
  virtual void error(const Error& error, std::string_view hint = {}, std::string_view stage = {},
                     const Json* fields = nullptr);
  void warning(std::string_view message) { sinks_.messages.warning(message); }
  void note(std::string_view message, Verbosity from = Verbosity::verbose) {
    sinks_.messages.note(message, from);
  }
  /// Bad usage or configuration found after parsing.
  void usage_error(std::string_view message, std::string_view hint = {});

  /// Long work: a line on stderr, on terminals only, at most ten times a second, gone when
  /// anything else is written.
  virtual void progress(std::string_view /*line*/) {}
  /// Whether anybody sees progress, so that it is worth composing.
  [[nodiscard]] virtual bool shows_progress() const { return false; }

  /// `path` as it may be shown in the text of items and summaries: escaped where stdout is a terminal.
  [[nodiscard]] std::string display(std::string_view path) const;
  /// `text` in the style, where stdout takes colour; unchanged elsewhere.
  [[nodiscard]] std::string styled(Style style, std::string_view text) const;

 protected:
  /// Writes to stdout, the progress line cleared first.
  void write(std::string_view text);
  /// Writes what `spool` holds; where it has not kept all of it, standard output counts as failed.
  void replay(Spool& spool);
  Sinks& sinks() { return sinks_; }
  [[nodiscard]] const Sinks& sinks() const { return sinks_; }

 private:
  Sinks sinks_;
};

/// The formats all four tools have, in the order of --help.
std::vector<std::string> common_formats();
/// The reporter of a common format; nullptr for any other name.
std::unique_ptr<Reporter> make_reporter(std::string_view format, const Sinks& sinks);

/// Puts "path" (valid UTF-8) or "path_b64" (any other bytes) into `record`; `key` for other names than
/// "path".
void add_path(Json& record, std::string_view path, std::string_view key = "path");

/// One line of JSON; bytes that are not UTF-8 are replaced.
std::string to_line(const Json& record);

/// The line of an object up to its closing brace, which is left out: for more members.
std::string left_open(const Json& object);

/// What the summary of the machine formats ends with: "exit" and, where a signal ends the process, "signal".
void add_end(Json& summary, ExitStatus status);

/// The record of a failed operation, with `fields`, if any, behind its own.
Json error_record(const Error& error, std::string_view hint, std::string_view stage,
                  const Json* fields = nullptr);

}  // namespace session::cli
