#pragma once
// The kinds of damage: one row each, in one table (lib/src/check/kinds.cpp). The ids are stable: they stand
// in reports, baselines and --ignore.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace session {

/// In the order of the table. docs/damage-kinds.md has the same rows.
enum class Kind : std::uint8_t {
  // the file as a whole
  empty,     ///< no bytes, or blanks only
  nul_file,  ///< NUL bytes only
  not_json,  ///< something else: HTML, gzip, zstd, SQLite, encrypted or other binary
  utf16,     ///< UTF-16 or UTF-32 text
  bom,       ///< UTF-8 byte order mark before a document
  // where bytes are missing
  torn_tail,        ///< the document or the last record is cut
  torn_record,      ///< a record before the last is cut at the end of its line
  headless,         ///< the beginning is missing
  missing_newline,  ///< the last record is whole, only its newline is missing
  // where bytes are too many
  nul_prefix,      ///< NUL bytes before the first value of a document or line
  nul_tail,        ///< NUL bytes at the end
  nul_interior,    ///< NUL bytes inside
  stale_tail,      ///< the end of an older, longer version behind a whole document
  glued,           ///< two or more whole values where one belongs
  splice,          ///< a cut record, then a record's beginning, on one line
  merge_conflict,  ///< conflict markers of a version control system
  blank_line,      ///< an empty line between records
  // where bytes are wrong
  invalid_utf8,  ///< bytes that are not UTF-8
  raw_control,   ///< a control character inside a string, a raw newline among them
  split_record,  ///< a record broken over several lines
  bad_syntax,    ///< any other violation of RFC 8259
  // valid JSON that some reader will trip over
  duplicate_key,
  lone_surrogate,  ///< an escape \uD800-\uDFFF without its other half
  number_limits,   ///< an integer beyond 64 bits or a number beyond double
  depth_limits,    ///< nesting beyond 1024
  // what the layout demands
  wrong_shape,  ///< not the type of value the layout holds, or an empty one where fields are required
  husk,         ///< nothing but an empty container, or a header without any record
  missing_field,
  wrong_type,
  bad_value,    ///< a field whose value breaks its rule
  bad_time,     ///< an activity time that cannot be read
  future_time,  ///< more than 24 h ahead
  id_mismatch,  ///< the id inside is not the one in the name
  open_mode,    ///< readable by group or others, in a store
  // links between records
  unpaired_call,    ///< a tool call without a result
  unpaired_result,  ///< a tool result without a call
  dangling_parent,
  parent_cycle,
  duplicate_id,
  bad_ordinal,
  // what lies around
  orphan_temp,
  stale_lock,
  repair_leftover,
};
inline constexpr std::size_t k_kind_count = static_cast<std::size_t>(Kind::repair_leftover) + 1;

enum class Severity : std::uint8_t {
  note,    ///< worth knowing; never changes a verdict
  limits,  ///< valid, but beyond what common parsers take: beyond-limits
  warning,
  error,  ///< damage
};

/// "note", "limits", "warning", "error": stable, for machine output.
std::string_view name_of(Severity severity);

struct KindRow {
  Kind kind;
  std::string_view id;  ///< "torn-tail"
  Severity severity;
  std::string_view summary;      ///< one line, for a person
  std::string_view explanation;  ///< how it comes about, what readers do with it
  std::string_view repair;       ///< what session-repair can do
  /// By which session-repair is asked for it; empty: no option is needed, or none helps.
  std::string_view option = {};
};

std::span<const KindRow> kinds();
const KindRow& row_of(Kind kind);
std::string_view id_of(Kind kind);
std::optional<Kind> find_kind(std::string_view id);

}  // namespace session
