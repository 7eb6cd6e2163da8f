#include "adversity/scenario.h"
#include "session/names.h"
#include "support/temp_dir.h"

namespace session::test {
namespace {

const std::string k_stale_name = "11111111-1111-4111-8111-111111111111.json";
const std::string k_fresh_name = "22222222-2222-4222-8222-222222222222.json";

std::string session(const std::string& name, const std::string& last_activity) {
  return R"({"uuid":")" + name.substr(0, name.find('.')) +
         R"(","schema_version":"2.0","started":"2026-01-01T00:00:00Z","last_activity":")" + last_activity +
         R"(","cwd":"/","label":"","title":null,"prompt_count":1})";
}

const std::string k_log_name = "audit.jsonl";
const std::string k_log = "{\"event\":\"outcome\"}\n";

const std::string k_stale = session(k_stale_name, "2026-01-01T00:00:00Z");
const std::string k_fresh = session(k_fresh_name, "2026-01-30T23:00:00Z");

bool is_claim(const std::string& name) {
  const std::optional<Artifact> artifact = parse_artifact(name);
  return artifact && artifact->kind == ArtifactKind::claim;
}

/// Where the stale session is: under its name, under a claim, in the trash, nowhere.
enum class Place : std::uint8_t { own_name, claimed, trashed, gone, wrong };

bool is_in_trash(const std::string& path) { return path.starts_with(".trash"); }

Place place_of_stale(const Tree& tree) {
  Place place = Place::gone;
  for (const auto& [name, content] : tree) {
    const bool trashed = is_in_trash(name) && content != "/";
    if (name != k_stale_name && !is_claim(name) && !trashed) continue;
    if (place != Place::gone || content != k_stale) return Place::wrong;
    place = trashed ? Place::trashed : name == k_stale_name ? Place::own_name : Place::claimed;
  }
  return place;
}

std::string judge_others(const Tree& tree) {
  const auto fresh = tree.find(k_fresh_name);
  if (fresh == tree.end() || fresh->second != k_fresh) return "the fresh session is not what it was";
  for (const auto& [name, content] : tree) {
    const bool known = name == k_fresh_name || name == k_stale_name || is_claim(name) || is_lock(name) ||
                       is_in_trash(name) || name == k_log_name;
    if (!known) return "there is a stranger: " + name;
  }
  return "";
}

/// Where the stale session belongs after a run that succeeded.
template <Place Goal>
std::string judge(const Tree& tree, const ProcessResult& result) {
  if (std::string wrong = judge_others(tree); !wrong.empty()) return wrong;
  const Place place = place_of_stale(tree);
  if (place == Place::wrong) return "the stale session is not whole, or there twice";
  if (was_killed(result)) return "";
  if (place == Place::claimed) return "a claim is left";
  if (result.status == 0) return place == Goal ? "" : "it says removed, but is not";
  return failed_clearly(result) ? "" : "it fails without saying so clearly";
}

template <Place Goal>
std::string judge_next(const Tree& tree, const ProcessResult& result) {
  if (std::string wrong = judge_others(tree); !wrong.empty()) return wrong;
  if (result.status != 0) return "the next run fails";
  return place_of_stale(tree) == Goal ? "" : "the next run does not finish the work";
}

/// What is gone must have been announced, by a line that is whole; what was in the log is still there.
std::string judge_log(const Tree& tree) {
  const auto log = tree.find(k_log_name);
  if (log == tree.end() || !log->second.starts_with(k_log)) return "the log is not what it was";
  const std::size_t intent = log->second.find(R"("event":"intent")", k_log.size());
  const bool announced = intent != std::string::npos && log->second.find('\n', intent) != std::string::npos;
  return place_of_stale(tree) == Place::gone && !announced ? "it is gone without an intent in the log" : "";
}

std::string judge_audited(const Tree& tree, const ProcessResult& result) {
  const std::string wrong = judge_log(tree);
  return wrong.empty() ? judge<Place::gone>(tree, result) : wrong;
}

std::string judge_next_audited(const Tree& tree, const ProcessResult& result) {
  const std::string wrong = judge_log(tree);
  return wrong.empty() ? judge_next<Place::gone>(tree, result) : wrong;
}

}  // namespace

std::vector<Scenario> clean_scenarios() {
  const auto prepare = [](const std::string& directory) {
    write_file(directory + "/" + k_stale_name, k_stale);
    write_file(directory + "/" + k_fresh_name, k_fresh);
  };
  const auto prepare_with_log = [prepare](const std::string& directory) {
    prepare(directory);
    write_file(directory + "/" + k_log_name, k_log);
  };
  const auto command = [](const std::string& directory) {
    return std::vector<std::string>{tool_path("session-clean"), "--layout", "synapse", "--as-of",
                                    "2026-01-31T00:00:00Z",     directory};
  };
  const auto trashing = [command](const std::string& directory) {
    std::vector<std::string> words = command(directory);
    words.insert(words.end() - 1, "--trash");
    return words;
  };
  const auto audited = [command](const std::string& directory) {
    std::vector<std::string> words = command(directory);
    words.insert(words.end() - 1, {"--audit-log", directory + "/" + k_log_name});
    return words;
  };
  return {{.name = "clean",
           .prepare = prepare,
           .command = command,
           .input = "",
           .needs_room = false,
           .judge = judge<Place::gone>,
           .judge_next = judge_next<Place::gone>},
          {.name = "clean into the trash",
           .prepare = prepare,
           .command = trashing,
           .input = "",
           .needs_room = false,
           .judge = judge<Place::trashed>,
           .judge_next = judge_next<Place::trashed>},
          {.name = "clean with an audit log",
           .prepare = prepare_with_log,
           .command = audited,
           .input = "",
           .needs_room = false,
           .judge = judge_audited,
           .judge_next = judge_next_audited}};
}

}  // namespace session::test
