#include "config/keys.h"

#include <algorithm>
#include <type_traits>

namespace session::config {

namespace {

using Words = std::vector<std::string_view>;

// What a store may set for itself and `sessions:` sets for all.
RetentionPolicy& policy(const Target& at) { return at.store ? at.store->retention : at.config->defaults; }
milliseconds& ttl(const Target& at) { return policy(at).ttl; }
OnUndatable& on_undatable(const Target& at) { return policy(at).on_undatable; }
std::uint64_t& keep_newest(const Target& at) { return policy(at).keep_newest; }
bool& trash(const Target& at) { return at.store ? at.store->trash : at.config->trash; }
milliseconds& trash_ttl(const Target& at) { return at.store ? at.store->trash_ttl : at.config->trash_ttl; }

void set_brake(const Target& at, Value value) {
  policy(at).max_delete_count.reset();
  policy(at).max_delete_percent.reset();
  if (const auto* count = std::get_if<std::uint64_t>(&value)) policy(at).max_delete_count = *count;
  if (const auto* percent = std::get_if<double>(&value)) policy(at).max_delete_percent = *percent;
}
Value get_brake(const Target& at) {
  if (policy(at).max_delete_count) return *policy(at).max_delete_count;
  if (policy(at).max_delete_percent) return *policy(at).max_delete_percent;
  return std::monostate{};
}

void set_required(const Target& at, Value value) {
  at.layout->fields.clear();
  for (std::string& path : std::get<std::vector<std::string>>(value)) {
    FieldRule field;
    field.path = std::move(path);
    field.presence = Presence::required;
    at.layout->fields.push_back(std::move(field));
  }
}
Value get_required(const Target& at) {
  std::vector<std::string> paths;
  for (const FieldRule& field : at.layout->fields) paths.push_back(field.path);
  return paths;
}

/// The row of a key whose value is the variable `place` finds; words stand for enumerators in their order.
template <auto place>
KeyRow row(ConfigKey key, ValueType type, Words words = {}) {
  using T = std::remove_cvref_t<decltype(place(Target{}))>;
  if constexpr (std::is_enum_v<T>) {
    return {key, type, std::move(words),
            [](const Target& at, Value value) { place(at) = static_cast<T>(std::get<std::uint64_t>(value)); },
            [](const Target& at) -> Value { return static_cast<std::uint64_t>(place(at)); }};
  } else {
    return {key, type, std::move(words),
            [](const Target& at, Value value) { place(at) = std::get<T>(std::move(value)); },
            [](const Target& at) -> Value { return place(at); }};
  }
}

template <auto member>
auto& of_config(const Target& at) {
  return at.config->*member;
}
template <auto member>
auto& of_store(const Target& at) {
  return at.store->*member;
}
template <auto member>
auto& of_layout(const Target& at) {
  return at.layout->*member;
}

void add_defaults(std::vector<KeyRow>& rows) {
  using enum ValueType;
  rows.push_back(row<ttl>({k_synapse_ttl, "", "hours > 0, or 0 for never", "168",
                           "The TTL as Synapse has always read it; sessions.ttlHours goes before it"},
                          hours));
  rows.push_back(row<ttl>({"sessions.ttlHours", "SESSION_TTL_HOURS", "hours > 0, or 0 for never", "168",
                           "Hours without activity after which a session is stale; 0: none ever is"},
                          hours));
  rows.push_back(row<on_undatable>(
      {"sessions.onUndatable", "SESSION_ON_UNDATABLE", "keep or mtime", "keep",
       "A session without a believable activity time: keep it, or take the file's modification time"},
      words, {"keep", "mtime"}));
  rows.push_back(row<keep_newest>({"sessions.keepNewest", "SESSION_KEEP_NEWEST", "whole number", "0",
                                   "This many of the most recently active sessions stay, however old"},
                                  count));
  rows.push_back({{"sessions.maxDelete", "SESSION_MAX_DELETE", "none, whole number, or percentage", "none",
                   "The brake: where more sessions than this are stale, none is removed"},
                  brake,
                  {},
                  set_brake,
                  get_brake});
  rows.push_back(row<trash>({"sessions.trash", "SESSION_TRASH", "true or false", "false",
                             "Move stale sessions to the store's trash instead of removing them"},
                            boolean));
  rows.push_back(
      row<trash_ttl>({"sessions.trashTtlHours", "SESSION_TRASH_TTL_HOURS", "hours > 0, or 0 for never", "720",
                      "Hours after which the trash is emptied; 0: never"},
                     hours));
}

void add_tool_keys(std::vector<KeyRow>& rows) {
  using enum ValueType;
  rows.push_back(row<of_config<&Config::clean_enabled>>(
      {"sessions.clean.enabled", "SESSION_CLEAN_ENABLED", "true or false", "true",
       "false: session-clean --hook does nothing"},
      boolean));
  rows.push_back(row<of_config<&Config::clean_index>>(
      {"sessions.clean.index", "SESSION_CLEAN_INDEX", "true or false", "true",
       "Note in large stores (.clean-index) until when sessions are fresh, so that the next run need not "
       "read them"},
      boolean));
  rows.push_back(row<of_config<&Config::repaired_grace>>(
      {"sessions.clean.repairedGraceHours", "SESSION_REPAIRED_GRACE_HOURS", "hours >= 0", "24",
       "Hours after its repair for which a session is left alone"},
      hours));
  rows.push_back(row<of_config<&Config::write_grace>>(
      {"sessions.clean.writeGraceHours", "SESSION_WRITE_GRACE_HOURS", "hours >= 0", "0",
       "Hours after its last write for which a session is left alone"},
      hours));
  rows.push_back(row<of_config<&Config::temp_grace>>(
      {"sessions.clean.tempGraceHours", "SESSION_TEMP_GRACE_HOURS", "hours >= 0", "1",
       "Hours for which a temporary file is never taken for an orphan"},
      hours));
  rows.push_back(row<of_config<&Config::interval>>(
      {"sessions.autosave.intervalSeconds", "SESSION_AUTOSAVE_INTERVAL_SECONDS", "seconds > 0", "30",
       "Seconds between two rounds of session-save --autosave"},
      positive_seconds));
  rows.push_back(row<of_config<&Config::shutdown_timeout>>(
      {"sessions.autosave.shutdownTimeoutSeconds", "SESSION_SHUTDOWN_TIMEOUT_SECONDS", "seconds > 0", "10",
       "Seconds within which the last round must end"},
      positive_seconds));
  rows.push_back(row<of_config<&Config::durability>>(
      {"sessions.durability", "SESSION_DURABILITY", "full, data or none", "full",
       "What must be on the disk before a write is called done: content and name, content, nothing"},
      words, {"full", "data", "none"}));
  rows.push_back(row<of_config<&Config::lock_timeout>>(
      {"sessions.lockTimeoutSeconds", "SESSION_LOCK_TIMEOUT_SECONDS", "seconds >= 0", "10",
       "Seconds to wait for a store that another tool has locked"},
      seconds));
  rows.push_back(row<of_config<&Config::accept_loss>>(
      {"sessions.repair.acceptLoss", "SESSION_ACCEPT_LOSS", "none, tail or any", "any",
       "What a repair may lose: nothing, the cut end, or whatever is beyond reading (kept in a sidecar)"},
      words, {"none", "tail", "any"}));
  rows.push_back(row<of_config<&Config::cut_values>>(
      {"sessions.repair.cutValues", "SESSION_CUT_VALUES", "drop or keep-prefix", "drop",
       "A text that breaks off: drop it, or keep what there is of it"},
      words, {"drop", "keep-prefix"}));
}

void add_store_keys(std::vector<KeyRow>& rows) {
  using enum ValueType;
  rows.push_back(row<of_store<&StoreConfig::name>>(
      {"sessions.stores[].name", "", "text", "(required)", "The store's name, for --store and reports"},
      text));
  rows.push_back(row<of_store<&StoreConfig::path>>(
      {"sessions.stores[].path", "", "path", "(required)",
       "Its directory: absolute, from ~/, or relative to the project this file belongs to"},
      text));
  rows.push_back(row<of_store<&StoreConfig::layout>>(
      {"sessions.stores[].layout", "", "name of a layout", "(detected)", "What its sessions look like"},
      text));
  rows.push_back(
      row<of_store<&StoreConfig::enabled>>({"sessions.stores[].enabled", "", "true or false", "true",
                                            "false: worked on only when it is named on the command line"},
                                           boolean));
  // Whatever `sessions:` sets for all stores a store may set for itself.
  struct Own {
    std::string_view shared, own, summary;
  };
  static constexpr Own k_own[] = {
      {"sessions.ttlHours", "sessions.stores[].ttlHours", "This store's own TTL"},
      {"sessions.onUndatable", "sessions.stores[].onUndatable",
       "This store's own rule for undatable sessions"},
      {"sessions.keepNewest", "sessions.stores[].keepNewest",
       "This store's own number of sessions that stay"},
      {"sessions.maxDelete", "sessions.stores[].maxDelete", "This store's own brake"},
      {"sessions.trash", "sessions.stores[].trash", "Whether this store has a trash"},
      {"sessions.trashTtlHours", "sessions.stores[].trashTtlHours", "When this store's trash is emptied"}};
  for (const Own& own : k_own) {
    const auto shared = std::ranges::find(rows, own.shared, [](const KeyRow& at) { return at.key.path; });
    KeyRow mine = *shared;
    mine.key = {own.own, "", shared->key.type, "(as in sessions)", own.summary};
    rows.push_back(std::move(mine));
  }
}

void add_layout_file_keys(std::vector<KeyRow>& rows) {
  using enum ValueType;
  rows.push_back(row<of_layout<&Layout::name>>({"sessions.layouts[].name", "", "text", "(required)",
                                                "The layout's name, for stores[].layout and --layout"},
                                               text));
  rows.push_back(row<of_layout<&Layout::summary>>(
      {"sessions.layouts[].summary", "", "text", "(empty)", "What it is, for people"}, text));
  rows.push_back(row<of_layout<&Layout::format>>(
      {"sessions.layouts[].format", "", "json or jsonl", "json", "One document a file, or one record a line"},
      words, {"json", "jsonl"}));
  rows.push_back(row<of_layout<&Layout::suffix>>(
      {"sessions.layouts[].suffix", "", "text", ".json", "What the names of its session files end in"},
      text));
  rows.push_back(row<of_layout<&Layout::stem_patterns>>(
      {"sessions.layouts[].stemPatterns", "", "list of fnmatch patterns", "[]",
       "Which names (without the suffix) are sessions; none: all that are not side files"},
      texts));
  rows.push_back(row<of_layout<&Layout::single_file>>(
      {"sessions.layouts[].singleFile", "", "file name", "(empty)", "The one file such a store consists of"},
      text));
}

void add_layout_rule_keys(std::vector<KeyRow>& rows) {
  using enum ValueType;
  rows.push_back(row<of_layout<&Layout::id_pointer>>(
      {"sessions.layouts[].idPointer", "", "JSON pointer", "(file name)", "Where the session's id stands"},
      text));
  rows.push_back(row<of_layout<&Layout::activity_pointers>>(
      {"sessions.layouts[].activityPointers", "", "list of JSON pointers", "[]",
       "Where the activity time stands (date-time, epoch seconds or milliseconds), best first"},
      texts));
  rows.push_back(
      row<of_layout<&Layout::ttl_pointer>>({"sessions.layouts[].ttlPointer", "", "JSON pointer", "(empty)",
                                            "Where a session keeps its own TTL in milliseconds"},
                                           text));
  rows.push_back(row<of_layout<&Layout::expiry>>(
      {"sessions.layouts[].expiry", "", "by-ttl or never", "by-ttl", "Whether its sessions expire at all"},
      words, {"by-ttl", "never"}));
  rows.push_back(
      row<of_layout<&Layout::side_names>>({"sessions.layouts[].sideNames", "", "list of fnmatch patterns",
                                           "[]", "Index and side files: verified, never removed"},
                                          texts));
  rows.push_back(row<of_layout<&Layout::recursive>>({"sessions.layouts[].recursive", "", "true or false",
                                                     "false", "Whether sessions stand in subdirectories too"},
                                                    boolean));
  rows.push_back(row<of_layout<&Layout::side_directories>>(
      {"sessions.layouts[].sideDirectories", "", "list of fnmatch patterns", "[]",
       "Subdirectories in which nothing is a session"},
      texts));
  rows.push_back({{"sessions.layouts[].required", "", "list of JSON pointers", "[]",
                   "Fields without which a session (or record) is damaged"},
                  texts,
                  {},
                  set_required,
                  get_required});
  rows.push_back(row<of_layout<&Layout::empty_session>>(
      {"sessions.layouts[].emptySession", "", "JSON text", "(empty)",
       "What session-repair --reset puts in place; {id} and {now} are filled in"},
      text));
}

std::vector<KeyRow> make_rows() {
  std::vector<KeyRow> rows;
  add_defaults(rows);
  add_tool_keys(rows);
  add_store_keys(rows);
  add_layout_file_keys(rows);
  add_layout_rule_keys(rows);
  return rows;
}

}  // namespace

std::span<const KeyRow> key_rows() {
  static const std::vector<KeyRow> rows = make_rows();
  return rows;
}

const KeyRow* find_row(std::string_view path) {
  const auto rows = key_rows();
  const auto found = std::ranges::find(rows, path, [](const KeyRow& at) { return at.key.path; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace session::config
