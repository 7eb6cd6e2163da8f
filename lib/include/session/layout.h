#pragma once
// Layouts: families of session files. A layout is data (names, ids, activity times, fields), built in
// (layouts()) or made from the configuration; everything else reads it and has no case of its own
// for any agent.
//
// Sources of the built-in facts stand beside each table in lib/src/store/layout_*.cpp.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session/bytes.h"
#include "session/time.h"

namespace session {

enum class Format : std::uint8_t { json /* one document */, json_lines /* one record a line */ };
/// "json" or "jsonl".
std::string_view name_of(Format format);
/// What the names of its files end in, where no layout says otherwise: ".json" or ".jsonl".
std::string_view suffix_of(Format format);
constexpr Format other_format(Format format) {
  return format == Format::json ? Format::json_lines : Format::json;
}

/// JSON types as a set.
using TypeSet = std::uint8_t;
inline constexpr TypeSet k_string = 1, k_number = 2, k_integer = 4, k_boolean = 8, k_null = 16, k_object = 32,
                         k_array = 64, k_any = 127;

enum class Presence : std::uint8_t { required, optional };
enum class ValueRule : std::uint8_t {
  none,
  date_time,     ///< a string parse_date_time reads
  rfc3339,       ///< the same with seconds and a zone, as is_rfc3339 has it
  epoch,         ///< a number or numeric string that is a plausible epoch time
  non_negative,  ///< a number >= 0
  equals,        ///< the string given in FieldRule::values[0]
  one_of,        ///< one of FieldRule::values
  file_stem,     ///< the string the file is named after
};

/// One known field. `path` is a JSON pointer in which the component `*` stands for every array
/// element or every member: "/messages/*/role". A required field below a `*` or below an optional
/// field is required wherever its parent is.
struct FieldRule {
  std::string path;
  TypeSet types = k_any;
  Presence presence = Presence::optional;
  ValueRule rule = ValueRule::none;
  std::vector<std::string> values = {};
};

/// One end of a tool call: the object at `where` (a path as in FieldRule), if its member `marker_key` is the
/// string `marker` (no marker_key: any). Its member `id_key` says which call it is.
struct CallEnd {
  std::string where;
  std::string marker_key;
  std::string marker;
  std::string id_key;
};

/// How the records of a layout point at each other. Keys are those of a record itself; empty: not so linked.
struct LinkRules {
  std::string id_key;
  std::string parent_key;   ///< null or absent: a root
  std::string ordinal_key;  ///< counts up by one from record to record
  /// Records of one chain of parents have the same values, or none, of these.
  std::vector<std::string> chain_keys = {};
  std::vector<CallEnd> calls = {};
  std::vector<CallEnd> results = {};
  [[nodiscard]] bool empty() const {
    return id_key.empty() && parent_key.empty() && ordinal_key.empty() && calls.empty() && results.empty();
  }
};

/// What the owner of a layout needs of records of one kind: those whose value at `marker` (a JSON pointer of
/// members) is the string `value`; of all records where both are empty.
struct RecordRule {
  std::string marker;
  std::string value;
  std::vector<std::string> required;  ///< JSON pointers of members; an array there has elements
};

enum class Expiry : std::uint8_t { by_ttl, never };

/// What the owner of a layout does with a document that has all its fields, in their types, but one with a
/// value that breaks its rule, a time that is none, or a known key twice.
enum class Reading : std::uint8_t {
  lenient,  ///< takes it, with whatever it makes of the value
  strict,   ///< refuses the whole file
};

/// What a directory entry is to a layout.
enum class NameKind : std::uint8_t {
  session,  ///< the layout's own file: expires, is verified and repaired
  side,     ///< index, metadata, settings: verified as JSON where it is, never removed
  foreign,  ///< not the layout's: left alone
};

struct Layout {
  std::string name;
  std::string summary;  ///< one line for --help
  Format format = Format::json;
  /// Where such stores live, the usual one first: relative to the project, or from `~/`. A component
  /// may be an fnmatch(3) pattern.
  std::vector<std::string> homes;
  std::string suffix = ".json";
  /// fnmatch(3) patterns of the stems that are sessions; empty: every stem that is not protected.
  std::vector<std::string> stem_patterns;
  std::string single_file;  ///< a layout of exactly one file of this name; else empty
  std::string id_pointer;   ///< JSON pointer to the id; empty: the file stem is the id
  /// Top-level keys (JSON pointers of one component for documents; of records for json_lines) that
  /// hold the activity time, best first. Of a document the first present counts; of records the
  /// greatest of all lines.
  std::vector<std::string> activity_pointers;
  std::string ttl_pointer;  ///< the session's own TTL in milliseconds (session-file-store); else empty
  Expiry expiry = Expiry::by_ttl;
  Reading reading = Reading::lenient;
  std::vector<FieldRule> fields;         ///< of the document, or of every record
  std::vector<FieldRule> header_fields;  ///< of the first record, where it differs (json_lines)
  /// The kinds of record (json_lines) of which one that was cut may stay, if all that is required is whole in
  /// it; one of another kind never does.
  std::vector<RecordRule> cut_records;
  LinkRules links;                      ///< judged at the level of links
  std::vector<std::string> side_names;  ///< fnmatch(3) patterns: index and side files
  bool recursive = false;               ///< sessions also stand in subdirectories
  /// fnmatch(3) patterns of subdirectories of a recursive layout in which, however deep, nothing is a
  /// session, whatever it is called: logs, outputs of tools, checkpoints.
  std::vector<std::string> side_directories;
  /// What --reset puts in place: `{id}` is the id, `{id_head}` and `{id_tail}` its parts before and after the
  /// first '_', `{now}` the time; empty: nothing. Filled in by make_empty_session().
  std::string empty_session;

  /// What `name` is in a store of this layout; artifacts (names.h) are asked for before. Names that begin
  /// with '_' or '.' are never sessions, except a single_file of that name.
  [[nodiscard]] NameKind classify(std::string_view name) const;
  /// Whether sessions may stand in the subdirectory `below` of a store: no component of it is a side
  /// directory.
  [[nodiscard]] bool may_hold_sessions(std::string_view below) const;
  /// The id that stands in a session's file name.
  [[nodiscard]] std::string_view stem(std::string_view name) const;
  /// The file name of a session.
  [[nodiscard]] Name file_name(std::string_view id) const;
  /// empty_session for `id` (which has passed check_session_id()); nullopt where the layout has none or the
  /// id does not have the parts it asks for.
  [[nodiscard]] std::optional<Bytes> make_empty_session(std::string_view id, TimePoint now) const;
};

/// Every built-in layout, in the order in which --help and detection go through them.
std::span<const Layout> layouts();
/// The built-in layout of that name or alias; nullptr if there is none.
const Layout* find_layout(std::string_view name);

/// The layout a session file most likely has, from where it stands and what it is called: `path` as
/// given, compared by its last components. nullptr if no layout claims it as a session.
const Layout* layout_of_path(std::string_view path);
/// The same for a directory: the layout whose stores live in a place of that name.
const Layout* layout_of_directory(std::string_view path);
/// All layouts that live there, in the order of layouts(): of the files in it, each belongs to the first that
/// classifies it as a session.
std::vector<const Layout*> layouts_of_directory(std::string_view path);

}  // namespace session
