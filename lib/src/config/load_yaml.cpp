// From the bytes of core-config.yaml to a Config: strict in our section, blind to all others. The only place
// that knows yaml-cpp, and one of the few where an exception is caught.

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "config/keys.h"
#include "session/path.h"
#include "session/suggest.h"

namespace session {

using config::KeyRow;
using config::Target;

namespace {

constexpr std::string_view k_sessions = "sessions";
constexpr std::string_view k_text_tag = "tag:yaml.org,2002:str";

/// Thrown and caught in this file only: a refusal deep in the walk ends it.
struct Refusal {
  ConfigError error;
};

/// Where the walk is: the path in the table, with "[]", and the key a user would write, with "[0]".
struct Position {
  std::string schema;
  std::string key;

  [[nodiscard]] Position child(std::string_view name) const {
    return {schema + "." + std::string{name}, key + "." + std::string{name}};
  }
  [[nodiscard]] Position element(std::size_t index) const {
    return {schema + "[]", key + "[" + std::to_string(index) + "]"};
  }
};

/// The one word that was most likely meant, else all there are.
std::string meant_or_known(std::string_view word, const std::vector<std::string_view>& known,
                           std::string all) {
  if (const auto meant = did_you_mean(word, known)) return "did you mean " + std::string{*meant} + "?";
  for (const std::string_view each : known) all += " " + std::string{each};
  return all;
}

class Loader {
 public:
  Loader(const Path& file, Config& config) : file_(file), config_(config) {}

  void load(const YAML::Node& root) {
    if (root.IsNull()) return;
    if (!root.IsMap()) refuse(root, "", "the file is not a map of sections", "");
    const YAML::Node synapse = section(root, "synapse", "synapse");
    const YAML::Node session = section(synapse, "session", "synapse.session");
    const Member ttl =
        session.IsMap() ? sole_member(session, "staleTTLHours", config::k_synapse_ttl) : Member{};
    if (ttl.value.IsDefined()) load_synapse_ttl(ttl);
    const YAML::Node sessions = sole_member(root, k_sessions, k_sessions).value;
    if (!sessions.IsDefined() || sessions.IsNull()) return;
    const Position top{std::string{k_sessions}, std::string{k_sessions}};
    // Layouts before the stores that use them, values for all stores before those of one.
    load_map(sessions, top, Target{&config_}, Pass::values);
    load_map(sessions, top, Target{&config_}, Pass::layouts);
    load_map(sessions, top, Target{&config_}, Pass::stores);
  }

 private:
  enum class Pass : std::uint8_t { values, layouts, stores };

  static YAML::Node missing() { return YAML::Node{YAML::NodeType::Undefined}; }

  struct Member {
    YAML::Node name = missing();
    YAML::Node value = missing();
  };

  [[noreturn]] void refuse(const YAML::Node& at, std::string_view key, std::string problem,
                           std::string expected) const {
    const YAML::Mark mark = at.Mark();
    throw Refusal{{file_, static_cast<std::size_t>(mark.line + 1), static_cast<std::size_t>(mark.column + 1),
                   std::string{key}, std::move(problem), std::move(expected)}};
  }

  /// Whether the merged map, or one of the merged maps, has the key.
  static bool may_hold(const YAML::Node& merged, std::string_view name) {
    if (merged.IsSequence()) {
      return std::any_of(merged.begin(), merged.end(),
                         [name](const YAML::Node& element) { return may_hold(element, name); });
    }
    if (!merged.IsMap()) return false;
    return std::any_of(merged.begin(), merged.end(), [name](const auto& member) {
      if (!member.first.IsScalar()) return false;
      return member.first.Scalar() == name ||
             (member.first.Scalar() == "<<" && may_hold(member.second, name));
    });
  }

  /// A section on the way to a key of ours: a map, or nothing at all.
  YAML::Node section(const YAML::Node& parent, std::string_view name, std::string_view key) const {
    if (!parent.IsMap()) return missing();
    const YAML::Node found = sole_member(parent, name, key).value;
    if (found.IsDefined() && !found.IsNull() && !found.IsMap()) {
      refuse(found, key, "is not a map of keys and values", "");
    }
    return found;
  }

  /// The member `name` of `map`, Undefined if there is none. Twice the same key is refused: YAML forbids
  /// it, and which of the two somebody meant nobody can know.
  Member sole_member(const YAML::Node& map, std::string_view name, std::string_view key) const {
    Member found;
    for (const auto& member : map) {
      if (member.first.IsScalar() && member.first.Scalar() == "<<" && may_hold(member.second, name)) {
        refuse(member.first, key, "may come from a merge key, which is not read here", "write the keys out");
      }
      if (!member.first.IsScalar() || member.first.Scalar() != name) continue;
      if (found.value.IsDefined()) refuse(member.first, key, "stands here a second time", "");
      found.name.reset(member.first);
      found.value.reset(member.second);
    }
    return found;
  }

  void load_synapse_ttl(const Member& ttl) {
    const KeyRow& row = *config::find_row(config::k_synapse_ttl);
    // A key without a value has no place of its own.
    if (ttl.value.IsNull())
      refuse(ttl.name, config::k_synapse_ttl, "has no value", std::string{row.key.type});
    row.set(Target{&config_}, scalar(row, ttl.value, config::k_synapse_ttl));
    config_.origins["sessions.ttlHours"] =
        origin(ttl.value) + " (" + std::string{config::k_synapse_ttl} + ")";
  }

  [[nodiscard]] std::string origin(const YAML::Node& node) const {
    return file_ + ":" + std::to_string(node.Mark().line + 1);
  }

  void load_map(const YAML::Node& map, const Position& at, const Target& target, Pass pass) {
    if (!map.IsMap()) refuse(map, at.key, "is not a map of keys and values", "");
    std::set<std::string> seen;
    for (const auto& member : map) {
      if (!member.first.IsScalar()) refuse(member.first, at.key, "has a key that is no text", "");
      const std::string& name = member.first.Scalar();
      const Position here = at.child(name);
      if (!seen.insert(name).second) refuse(member.first, here.key, "stands here a second time", "");
      load_member(member.first, member.second, at, here, target, pass);
    }
  }

  void load_member(const YAML::Node& name, const YAML::Node& value, const Position& parent,
                   const Position& here, const Target& target, Pass pass) {
    if (const KeyRow* row = config::find_row(here.schema)) {
      if (pass == Pass::values) load_value(*row, name, value, here, target);
    } else if (has_below(here.schema + ".")) {
      if (pass == Pass::values && !value.IsNull()) load_map(value, here, target, pass);
    } else if (has_below(here.schema + "[].")) {
      load_list(value, here, pass);
    } else {
      refuse_unknown(name, parent, here);
    }
  }

  static bool has_below(const std::string& prefix) {
    return std::ranges::any_of(config::key_rows(),
                               [&](const KeyRow& row) { return row.key.path.starts_with(prefix); });
  }

  [[noreturn]] void refuse_unknown(const YAML::Node& name, const Position& parent,
                                   const Position& here) const {
    if (name.Scalar() == "<<") refuse(name, here.key, "merge keys are not read here", "write the keys out");
    std::vector<std::string_view> known;
    for (const KeyRow& row : config::key_rows()) {
      if (!row.key.path.starts_with(parent.schema + ".")) continue;
      const std::string_view below = row.key.path.substr(parent.schema.size() + 1);
      const std::string_view child = below.substr(0, below.find_first_of(".["));
      if (std::ranges::find(known, child) == known.end()) known.push_back(child);
    }
    refuse(name, here.key, "unknown key", meant_or_known(name.Scalar(), known, "known here:"));
  }

  void load_value(const KeyRow& row, const YAML::Node& name, const YAML::Node& value, const Position& here,
                  const Target& target) {
    if (value.IsNull()) refuse(name, here.key, "has no value", std::string{row.key.type});
    row.set(target, row.type == config::ValueType::texts ? texts(row, value, here.key)
                                                         : scalar(row, value, here.key));
    config_.origins[here.key] = origin(value);
  }

  [[nodiscard]] config::Value scalar(const KeyRow& row, const YAML::Node& node, std::string_view key) const {
    if (!node.IsScalar()) refuse(node, key, "is not a single value", std::string{row.key.type});
    const std::string& tag = node.Tag();
    const bool plain = tag.empty() || tag == "?";
    if (!plain && tag != "!" && tag != k_text_tag) {
      refuse(node, key, "the tag " + tag + " is not read here", "write the plain value");
    }
    const auto spelling = plain ? config::Spelling::yaml_plain : config::Spelling::yaml_quoted;
    auto value = config::parse_value(row.type, node.Scalar(), spelling, row.words);
    if (!value) refuse(node, key, value.error().problem, value.error().expected);
    return std::move(*value);
  }

  [[nodiscard]] config::Value texts(const KeyRow& row, const YAML::Node& list, std::string_view key) const {
    if (!list.IsSequence()) refuse(list, key, "is not a list", std::string{row.key.type});
    std::vector<std::string> all;
    for (const auto& element : list) {
      all.push_back(std::get<std::string>(scalar(row, element, key)));
    }
    return all;
  }

  void load_list(const YAML::Node& list, const Position& at, Pass pass) {
    if (list.IsNull()) return;
    if (!list.IsSequence()) refuse(list, at.key, "is not a list", "each element begins with '- '");
    const bool stores = at.schema + "[]" == config::k_stores;
    if (pass != (stores ? Pass::stores : Pass::layouts)) return;
    std::size_t index = 0;
    for (const auto& element : list) {
      stores ? load_store(element, at.element(index)) : load_layout(element, at.element(index));
      ++index;
    }
  }

  void load_store(const YAML::Node& node, const Position& at) {
    StoreConfig store;
    store.retention = config_.defaults;
    store.trash = config_.trash;
    store.trash_ttl = config_.trash_ttl;
    load_map(node, at, Target{&config_, &store}, Pass::values);
    if (store.name.empty()) refuse(node, at.key, "has no name", "name: ...");
    if (store.path.empty()) refuse(node, at.key, "has no path", "path: ...");
    if (std::ranges::find(config_.stores, store.name, &StoreConfig::name) != config_.stores.end()) {
      refuse(node, at.key + ".name", "'" + store.name + "' is the name of an earlier store", "");
    }
    if (!store.layout.empty()) check_layout_name(node["layout"], at.key + ".layout", store.layout);
    config_.stores.push_back(std::move(store));
  }

  void check_layout_name(const YAML::Node& node, std::string_view key, const std::string& name) const {
    std::vector<std::string_view> known;
    for (const Layout& layout : layouts()) known.push_back(layout.name);
    for (const Layout& layout : config_.custom_layouts) known.push_back(layout.name);
    if (find_layout(name) != nullptr || std::ranges::find(known, name) != known.end()) return;
    refuse(node, key, "there is no layout '" + name + "'", meant_or_known(name, known, "known:"));
  }

  void load_layout(const YAML::Node& node, const Position& at) {
    Layout layout;
    load_map(node, at, Target{&config_, nullptr, &layout}, Pass::values);
    if (layout.name.empty()) refuse(node, at.key, "has no name", "name: ...");
    const bool taken =
        find_layout(layout.name) != nullptr ||
        std::ranges::find(config_.custom_layouts, layout.name, &Layout::name) != config_.custom_layouts.end();
    if (taken) refuse(node, at.key + ".name", "'" + layout.name + "' is the name of another layout", "");
    if (layout.activity_pointers.empty() && layout.expiry == Expiry::by_ttl) {
      refuse(node, at.key, "has no activityPointers, so its sessions could never expire",
             "activityPointers: [/field], or expiry: never");
    }
    check_pointers(node, at.key, layout);
    config_.custom_layouts.push_back(std::move(layout));
  }

  void check_pointers(const YAML::Node& node, const std::string& key, const Layout& layout) const {
    const auto check = [&](std::string_view leaf, const std::string& pointer) {
      if (pointer.empty() || pointer.starts_with('/')) return;
      refuse(node[std::string{leaf}], key + "." + std::string{leaf}, "'" + pointer + "' is no JSON pointer",
             "/" + pointer);
    };
    check("idPointer", layout.id_pointer);
    check("ttlPointer", layout.ttl_pointer);
    for (const std::string& pointer : layout.activity_pointers) check("activityPointers", pointer);
    for (const FieldRule& field : layout.fields) check("required", field.path);
  }

  const Path& file_;
  Config& config_;
};

ConfigError whole_file_error(const Path& file, std::string problem, std::string expected) {
  return {file, 0, 0, "", std::move(problem), std::move(expected)};
}

/// The directory of the project that `file` belongs to: the one it stands in, but for the folders in which
/// host frameworks keep it.
Path project_of(const Path& file) {
  const auto parent = [](const Path& path) {
    const Path above = split_path(path).parent;
    return above.empty() ? Path(".") : above;
  };
  const Path directory = parent(file);
  const Name name = split_path(directory).name;
  const bool framework = name == ".aios-core" || name == ".aiox-core";
  return framework ? parent(directory) : directory;
}

}  // namespace

Result<Config, ConfigError> parse_config(ByteView yaml, const Path& file) {
  // A crash can leave a file empty or full of NULs; defaults in its place could delete what it protected.
  if (yaml.empty())
    return Unexpected{whole_file_error(file, "the file is empty", "a comment is enough for defaults")};
  if (yaml.find('\0') != ByteView::npos)
    return Unexpected{whole_file_error(file, "the file holds NUL bytes", "")};
  Config config = default_config();
  config.file = file;
  config.project = project_of(file);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string{yaml});
    if (documents.size() > 1) {
      return Unexpected{whole_file_error(file, "the file holds several YAML documents", "one is read")};
    }
    if (!documents.empty()) Loader{file, config}.load(documents.front());
  } catch (const Refusal& refusal) {
    return Unexpected{refusal.error};
  } catch (const YAML::Exception& problem) {
    const YAML::Mark& mark = problem.mark;
    return Unexpected{ConfigError{file, static_cast<std::size_t>(mark.line + 1),
                                  static_cast<std::size_t>(mark.column + 1), "", "not YAML: " + problem.msg,
                                  ""}};
  }
  for (StoreConfig& store : config.stores) {
    const bool relative = !store.path.starts_with('/') && !store.path.starts_with("~/");
    if (relative) store.path = join_path(config.project, store.path);
  }
  return config;
}

}  // namespace session
