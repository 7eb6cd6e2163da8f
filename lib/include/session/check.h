#pragma once
// Diagnosis: what is wrong with the bytes of a session, and where. Pure: bytes in, findings out; no
// file system, no clock, no environment. Total: every input gets a diagnosis, none throws.

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/bytes.h"
#include "session/kinds.h"
#include "session/layout.h"
#include "session/time.h"

namespace session {

/// The worse the greater, as Severity: the most severe finding of a file makes its verdict.
enum class Verdict : std::uint8_t { ok, beyond_limits, warn, damaged };
enum class Level : std::uint8_t { syntax, layout, links };

struct Finding {
  Kind kind;
  std::uint64_t offset = 0;  ///< bytes from the start of the file
  std::uint64_t length = 0;  ///< bytes concerned; 0 for "something is missing here"
  std::uint64_t line = 1;    ///< from 1; lines end at 0x0A and nowhere else
  std::uint64_t column = 1;  ///< from 1, in characters (an invalid byte counts as one)
  /// A field's JSON pointer or what was expected: words of ours and of the layout, never content.
  std::string detail;
  /// The layout's owner refuses the whole file for this (Reading::strict): damage, whatever the kind's row
  /// says of it elsewhere.
  bool refused = false;

  friend bool operator==(const Finding&, const Finding&) = default;
};

/// That of the kind, or error where the owner of the layout refuses the file.
Severity severity_of(const Finding& finding);
/// The verdict a finding of that severity makes.
Verdict verdict_of(Severity severity);

struct Diagnosis {
  Verdict verdict = Verdict::ok;
  Format format = Format::json;   ///< as judged (given, or found by content)
  std::vector<Finding> findings;  ///< by severity, then by offset; at most CheckOptions::max_findings
  std::uint64_t findings_left_out = 0;
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;  ///< whole records (json_lines) or 1 for a whole document

  /// Nothing was found.
  [[nodiscard]] bool is_clean() const { return findings.empty() && findings_left_out == 0; }
};

/// Where in a file the bytes given begin.
enum class StartsAt : std::uint8_t {
  first_record,
  later_record,  ///< json_lines: at the beginning of a line after the first; no rule of the file's start
};

struct CheckOptions {
  Level level = Level::layout;
  std::optional<Format> format;     ///< nullopt: by content
  const Layout* layout = nullptr;   ///< nullptr: syntax only
  std::string_view file_stem = {};  ///< for id rules; empty: not checked
  std::optional<TimePoint> as_of;   ///< for future times; nullopt: not checked
  StartsAt starts_at = StartsAt::first_record;
  /// Findings of these kinds are not made: they neither count nor change the verdict.
  std::bitset<k_kind_count> ignored = {};
  std::size_t max_findings = 100;  ///< the most severe ones, earliest first, are kept
};

/// Judges a stream in bounded memory, whatever the sizes of document, record or value: feed() it
/// the chunks in order, then finish() once.
class Checker {
 public:
  explicit Checker(CheckOptions options);
  Checker(Checker&&) noexcept;
  Checker& operator=(Checker&&) noexcept;
  ~Checker();
  void feed(ByteView chunk);
  /// The same as feed() with `count` NUL bytes, at no cost that grows with them: for the holes of sparse
  /// files.
  void feed_nuls(std::uint64_t count);
  /// `rest` is the end of the input, as if it had been fed, at less cost: nothing of it has to be kept.
  Diagnosis finish(ByteView rest = {});
  /// Ready for the next file, buffers kept.
  void reset(CheckOptions options);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The same for bytes in memory.
Diagnosis diagnose(ByteView bytes, const CheckOptions& options);

/// Whether `bytes` are one valid JSON document (RFC 8259, strict UTF-8), or JSON Lines of such,
/// judged by a parser that shares no code with Checker (simdjson). The oracle of repairs.
/// Valid documents beyond that parser's limits (see docs/damage-kinds.md) are not refused.
bool parses_strictly(ByteView bytes, Format format);

}  // namespace session
