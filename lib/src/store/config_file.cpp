// Finding and reading the configuration file: the part of configuration that touches the machine.

#include <array>

#include "session/config.h"
#include "session/path.h"
#include "session/process.h"

namespace session {

namespace {

constexpr std::string_view k_file_name = "core-config.yaml";
constexpr std::string_view k_config_variable = "SESSION_CONFIG";
constexpr std::uint64_t k_most_config_bytes = 16U << 20U;
constexpr Mode k_write_for_all = 0002;

ConfigError file_error(const Path& path, std::string problem, std::string expected = {}) {
  return {path, 0, 0, "", std::move(problem), std::move(expected)};
}

/// describe() without the path, which stands before it anyway.
std::string reason(const Error& error) {
  return describe({error.code, error.op, error.os_errno, "", error.detail}).substr(2);
}

enum class Trust : std::uint8_t { named, discovered };

struct Found {
  Path path;
  File file;
};

/// Whether nothing stands at `path`. A link to a file that is gone is no missing configuration: somebody has
/// one, and it cannot be read.
bool is_absent(Fs& fs, const Path& path) {
  const auto place = open_parent(fs, path);
  const auto about = place ? fs.stat(place->dir, place->name) : Result<Stat>{Unexpected{place.error()}};
  return !about && about.error().code == Errc::not_found;
}

/// The open file at `path`, nothing if a candidate does not exist. What was judged is what is read: the
/// checks look at the open file.
Result<std::optional<Found>, ConfigError> look(Fs& fs, const Path& path, Trust trust) {
  if (trust == Trust::discovered && is_absent(fs, path)) return std::optional<Found>{};
  const auto place = open_parent_resolved(fs, path);
  auto file =
      place ? fs.open(place->dir, place->name, Access::read) : Result<File>{Unexpected{place.error()}};
  const auto stat = file ? fs.stat(*file) : Result<Stat>{Unexpected{file.error()}};
  if (!stat) return Unexpected{file_error(path, reason(stat.error()))};
  if (trust == Trust::discovered && stat->uid != 0 && stat->uid != user_id()) {
    return Unexpected{file_error(path,
                                 "belongs to user " + std::to_string(stat->uid) + ", not to you or root",
                                 "name it with --config if it is to be trusted")};
  }
  if (trust == Trust::discovered && (stat->mode & k_write_for_all) != 0) {
    return Unexpected{file_error(path, "can be written by everybody", "chmod o-w, or name it with --config")};
  }
  return std::optional{Found{path, std::move(*file)}};
}

std::vector<Path> candidates_from(Path directory, const Environment& environment) {
  static constexpr std::array<std::string_view, 3> k_folders{"", ".aios-core", ".aiox-core"};
  std::vector<Path> candidates;
  while (!directory.empty()) {
    for (const std::string_view folder : k_folders) {
      candidates.push_back(join_path(join_path(directory, folder), k_file_name));
    }
    if (directory == "/") break;
    directory = split_path(directory).parent;
  }
  const auto user = environment("XDG_CONFIG_HOME");
  const auto home = environment("HOME");
  const std::string below = "/session-toolkit/" + std::string{k_file_name};
  if (user && user->starts_with('/')) {
    candidates.push_back(*user + below);
  } else if (home && home->starts_with('/')) {
    candidates.push_back(*home + "/.config" + below);
  }
  candidates.push_back("/etc" + below);
  return candidates;
}

Result<std::optional<Found>, ConfigError> find(Fs& fs, const std::optional<Path>& named,
                                               const Path& working_directory,
                                               const Environment& environment) {
  const std::optional<Path> wanted = named ? named : environment(k_config_variable);
  if (wanted) {
    return look(fs, wanted->starts_with('/') ? *wanted : join_path(working_directory, *wanted), Trust::named);
  }
  for (const Path& candidate : candidates_from(working_directory, environment)) {
    auto found = look(fs, candidate, Trust::discovered);
    if (!found || *found) return found;
  }
  return std::optional<Found>{};
}

Result<void, ConfigError> expand_home(Config& config, const Environment& environment) {
  for (StoreConfig& store : config.stores) {
    if (!store.path.starts_with("~/")) continue;
    const auto home = environment("HOME");
    if (!home || !home->starts_with('/')) {
      return Unexpected{file_error(config.file, "the path " + store.path + " of store " + store.name +
                                                    " needs HOME, which is not set")};
    }
    store.path = join_path(*home, store.path.substr(2));
  }
  return {};
}

/// What the file says; the built-in values where there is none.
Result<Config, ConfigError> read_config(Fs& fs, const std::optional<Path>& named,
                                        const Path& working_directory, const Environment& environment) {
  const auto found = find(fs, named, working_directory, environment);
  if (!found) return Unexpected{found.error()};
  if (!*found) return default_config_in(working_directory);
  const Path& path = (*found)->path;
  const auto bytes = read_all(fs, (*found)->file, k_most_config_bytes);
  if (!bytes) return Unexpected{file_error(path, reason(bytes.error()))};
  return parse_config(*bytes, path);
}

}  // namespace

Config default_config_in(const Path& working_directory) {
  Config config = default_config();
  config.project = working_directory;
  return config;
}

Result<Config, ConfigError> load_config(Fs& fs, const std::optional<Path>& named,
                                        const Path& working_directory, const Environment& environment) {
  auto config = read_config(fs, named, working_directory, environment);
  if (!config) {
    ConfigError error = config.error();
    error.discovered = !named && !environment(k_config_variable);
    return Unexpected{std::move(error)};
  }
  if (const auto expanded = expand_home(*config, environment); !expanded) return Unexpected{expanded.error()};
  if (const auto applied = apply_environment(*config, environment); !applied) {
    return Unexpected{applied.error()};
  }
  return config;
}

}  // namespace session
