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

const std::string k_stale = session(k_stale_name, "2026-01-01T00:00:00Z");
const std::string k_fresh = session(k_fresh_name, "2026-01-30T23:00:00Z");

bool is_claim(const std::string& name) {
  const std::optional<Artifact> artifact = parse_artifact(name);
  return artifact && artifact->kind == ArtifactKind::claim;
}

/// Where the stale session is: under its name, under a claim, nowhere.
enum class Place : std::uint8_t { own_name, claimed, gone, wrong };

Place place_of_stale(const Tree& tree) {
  Place place = Place::gone;
  for (const auto& [name, content] : tree) {
    if (name != k_stale_name && !is_claim(name)) continue;
    if (place != Place::gone || content != k_stale) return Place::wrong;
    place = name == k_stale_name ? Place::own_name : Place::claimed;
  }
  return place;
}

std::string judge_others(const Tree& tree) {
  const auto fresh = tree.find(k_fresh_name);
  if (fresh == tree.end() || fresh->second != k_fresh) return "the fresh session is not what it was";
  for (const auto& [name, content] : tree) {
    const bool known = name == k_fresh_name || name == k_stale_name || is_claim(name) || is_lock(name);
    if (!known) return "there is a stranger: " + name;
  }
  return "";
}

std::string judge(const Tree& tree, const ProcessResult& result) {
  if (std::string wrong = judge_others(tree); !wrong.empty()) return wrong;
  const Place place = place_of_stale(tree);
  if (place == Place::wrong) return "the stale session is not whole, or there twice";
  if (was_killed(result)) return "";
  if (place == Place::claimed) return "a claim is left";
  if (result.status == 0) return place == Place::gone ? "" : "it says removed, but is not";
  return failed_clearly(result) ? "" : "it fails without saying so clearly";
}

std::string judge_next(const Tree& tree, const ProcessResult& result) {
  if (std::string wrong = judge_others(tree); !wrong.empty()) return wrong;
  if (result.status != 0) return "the next run fails";
  return place_of_stale(tree) == Place::gone ? "" : "the next run does not finish the work";
}

}  // namespace

std::vector<Scenario> clean_scenarios() {
  const auto prepare = [](const std::string& directory) {
    write_file(directory + "/" + k_stale_name, k_stale);
    write_file(directory + "/" + k_fresh_name, k_fresh);
  };
  const auto command = [](const std::string& directory) {
    return std::vector<std::string>{tool_path("session-clean"), "--layout", "synapse", "--as-of",
                                    "2026-01-31T00:00:00Z",     directory};
  };
  return {{.name = "clean",
           .prepare = prepare,
           .command = command,
           .input = "",
           .needs_room = false,
           .judge = judge,
           .judge_next = judge_next}};
}

}  // namespace session::test
