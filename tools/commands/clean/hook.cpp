#include "commands/clean/hook.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/input.h"
#include "cli/report.h"
#include "session/config.h"
#include "session/execute.h"
#include "session/id.h"
#include "session/layout.h"
#include "session/lock.h"

namespace session::commands {
namespace {

using cli::Json;

/// Beside the sessions: the ids for which a clean-up was started, the latest last, one a line.
constexpr std::string_view k_started_name = ".clean-started";
constexpr std::size_t k_most_ids = 256;

struct Prompt {
  Path working_directory;
  std::string session_id;
};

std::optional<Prompt> read_prompt(Fs& fs) {
  const auto text = cli::read_input(fs, Path(cli::k_standard_input));
  if (!text) return std::nullopt;
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto directory = json.find("cwd");
  const auto id = json.find("session_id");
  if (directory == json.end() || !directory->is_string() || id == json.end() || !id->is_string()) {
    return std::nullopt;
  }
  Prompt prompt{directory->get<std::string>(), id->get<std::string>()};
  if (!check_session_id(prompt.session_id) || !prompt.working_directory.starts_with('/')) return std::nullopt;
  return prompt;
}

bool is_first_prompt(Fs& fs, const Dir& store, const Layout& layout, const std::string& id) {
  constexpr std::uint64_t k_most_bytes = 4 << 20;
  const auto file = fs.open(store, layout.file_name(id), Access::read);
  if (!file) return file.error().code == Errc::not_found;
  const auto text = read_all(fs, *file, k_most_bytes);
  if (!text) return false;
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) return false;
  const auto count = json.find("prompt_count");
  return count == json.end() || (count->is_number() && *count == 0);
}

/// Enters `id` among those a clean-up was started for; false if it is there already, or cannot be entered.
bool enter_once(Fs& fs, const Dir& store, const std::string& id) {
  constexpr std::uint64_t k_most_bytes = 1 << 20;
  const Name name(k_started_name);
  auto file = fs.open(store, name, Access::read);
  if (!file && file.error().code == Errc::not_found) {
    if (const auto created = fs.create(store, name, 0600); !created && created.error().code != Errc::exists) {
      return false;
    }
  }
  const auto locked =
      open_locked(fs, store, name, Access::read, LockKind::exclusive, std::chrono::milliseconds{1});
  if (!locked) return false;
  const auto text = read_all(fs, *locked, k_most_bytes);
  if (!text) return false;
  const std::string line = id + '\n';
  if (("\n" + *text).find('\n' + line) != std::string::npos) return false;
  Bytes entered = *text + line;
  const auto lines = static_cast<std::size_t>(std::count(entered.begin(), entered.end(), '\n'));
  for (std::size_t excess = lines; excess > k_most_ids; --excess) entered.erase(0, entered.find('\n') + 1);
  const ReplaceStep step{name, share(std::move(entered)), {.durability = Durability::none}};
  return execute(fs, store, step).has_value();
}

/// posix_spawn does not copy the memory of this process, and its child takes nothing along that the host
/// waits for.
void start(const std::vector<std::string>& arguments, const Path& directory) {
  std::vector<char*> words;
  std::string program = "session-clean";
  words.push_back(program.data());
  std::vector<std::string> own = arguments;
  for (std::string& word : own) words.push_back(word.data());
  words.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (posix_spawn_file_actions_init(&actions) != 0) return;
  if (posix_spawnattr_init(&attributes) == 0) {
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
    pid_t child = 0;
    posix_spawn(&child, "/proc/self/exe", &actions, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
}

}  // namespace

void run_hook(Fs& fs, const std::optional<Path>& config, const Environment& environment,
              const std::vector<std::string>& arguments) {
  const auto prompt = read_prompt(fs);
  if (!prompt) return;
  const Layout& layout = *find_layout("synapse");
  const auto store =
      fs.open_dir(join_path(prompt->working_directory, layout.homes.front()), FollowLinks::yes);
  if (!store || !is_first_prompt(fs, *store, layout, prompt->session_id)) return;
  const auto loaded = load_config(fs, config, prompt->working_directory, environment);
  if (!loaded || !loaded->clean_enabled) return;
  if (enter_once(fs, *store, prompt->session_id)) start(arguments, prompt->working_directory);
}

}  // namespace session::commands
