// session-verify --detect and --stats: the process, its output and its exit status.

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/run_process.h"
#include "support/temp_dir.h"

using nlohmann::json;
using session::test::ProcessOptions;
using session::test::ProcessResult;
using session::test::run_process;
using session::test::TempDir;
using session::test::tool_path;
using session::test::write_file;

namespace {

namespace fs = std::filesystem;

class Tree {
 public:
  /// A file that was last written a year ago.
  void put(const std::string& name, const std::string& content) const {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    write_file(path, content);
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(365 * 24));
  }
  [[nodiscard]] ProcessResult verify(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), tool_path("session-verify"));
    ProcessOptions options;
    options.directory = root_.path();
    return run_process(arguments, options);
  }
  /// The first item of a run that must end well.
  [[nodiscard]] json item(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--format", "json"});
    const ProcessResult result = verify(arguments);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    return json::parse(result.out)["items"][0];
  }

 private:
  TempDir root_;
};

std::string utc(std::chrono::hours ago) {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - ago);
  char text[32];
  std::strftime(text, sizeof text, "%FT%TZ", std::gmtime(&time));
  return text;
}

std::string synapse(const std::string& id, std::chrono::hours ago) {
  return R"({"uuid":")" + id +
         R"(","schema_version":"2.0","started":"2026-01-01T00:00:00.000Z","last_activity":")" + utc(ago) +
         R"(","cwd":"/p","label":"l","title":null,"prompt_count":1,)"
         R"("active_agent":{"id":null,"activated_at":null,"activation_quality":null},"active_workflow":null,)"
         R"("active_squad":null,"active_task":null,)"
         R"("context":{"last_bracket":"FRESH","last_tokens_used":0,"last_context_percent":100},"overrides":{},)"
         R"("history":{"star_commands_used":[],"domains_loaded_last":[],"agents_activated":[]}})"
         "\n";
}

std::string miniclaw(const std::string& id) {
  return R"({"session_id":"telegram_)" + id + R"(","channel":"telegram","chat_id":")" + id +
         R"(","created_at":"2026-01-01T00:00:00Z","last_accessed":"2026-01-01T00:00:00Z","messages":[]})";
}

/// Of a histogram: the counts alone.
std::vector<int> counts_of(const json& ranges) {
  std::vector<int> counts;
  for (const json& range : ranges) counts.push_back(range["files"]);
  return counts;
}

}  // namespace

TEST_CASE("a store where its layout lives is that layout, with high confidence") {
  const Tree tree;
  tree.put("p/.synapse/sessions/a.json", synapse("a", std::chrono::hours(1)));
  tree.put("p/.synapse/sessions/b.json", synapse("b", std::chrono::hours(1)));
  const json item = tree.item({"--detect", "p/.synapse/sessions"});
  CHECK(item["layout"] == "synapse");
  CHECK(item["confidence"] == "high");
  CHECK(item["files"] == 2);
  const json& first = item["candidates"][0];
  CHECK(first["place"] == true);
  CHECK(first["named"] == 2);
  CHECK(first["looked_at"] == 2);
  CHECK(first["fitting"] == 2);
  CHECK(first["fields_found"] == first["fields_known"]);
  CHECK(first["why"].size() >= 3);
}

TEST_CASE("where a layout lives it is likely, even if no file is as it should be") {
  const Tree tree;
  tree.put("p/.synapse/sessions/a.json", R"({"uuid":"a"})");
  const json item = tree.item({"--detect", "p/.synapse/sessions"});
  CHECK(item["layout"] == "synapse");
  CHECK(item["confidence"] == "medium");
  CHECK(item["candidates"][0]["fitting"] == 0);
}

TEST_CASE("elsewhere the content tells, in one file as in a directory; damaged files tell nothing") {
  const Tree tree;
  tree.put("backup/telegram_1.json", miniclaw("1"));
  tree.put("backup/telegram_2.json", miniclaw("2"));
  tree.put("backup/telegram_3.json", miniclaw("3").substr(0, 50));
  const json directory = tree.item({"--detect", "backup"});
  CHECK(directory["layout"] == "miniclaw");
  CHECK(directory["candidates"][0]["named"] == 3);
  CHECK(directory["candidates"][0]["looked_at"] == 2);
  CHECK(tree.item({"--detect", "backup/telegram_1.json"})["layout"] == "miniclaw");

  tree.put("rollouts/2026/rollout-2026-01-01T00-00-00-1.jsonl",
           R"({"timestamp":"2026-01-01T00:00:00.000Z","type":"session_meta","payload":{"id":"x"}})"
           "\n");
  const json rollouts = tree.item({"--detect", "rollouts"});
  CHECK(rollouts["layout"] == "codex");
  CHECK(rollouts["confidence"] == "high");
}

TEST_CASE("what no layout explains has none, and nothing is an error") {
  const Tree tree;
  tree.put("notes/a.txt", "hello");
  tree.put("notes/b.ini", "[a]");
  const json item = tree.item({"--detect", "notes"});
  CHECK(item["layout"].is_null());
  CHECK(item["candidates"].empty());
  const ProcessResult text = tree.verify({"--detect", "notes"});
  CHECK(text.out == "notes: no known layout; files seen: 2\n");
  CHECK(tree.verify({"--detect", "nowhere"}).status == 8);
}

TEST_CASE("statistics count sessions, sizes, ages, damage, and what the next clean-up would remove") {
  const Tree tree;
  const std::string old = synapse("b", std::chrono::hours(24 * 20));
  tree.put("p/.synapse/sessions/a.json", synapse("a", std::chrono::hours(2)));
  tree.put("p/.synapse/sessions/b.json", old);
  tree.put("p/.synapse/sessions/c.json", synapse("c", std::chrono::hours(24 * 20)).substr(0, 100));
  const json item = tree.item({"--stats", "p/.synapse/sessions"});
  CHECK(item["layout"] == "synapse");
  CHECK(item["files"] == 3);
  CHECK(item["ok"] == 2);
  CHECK(item["damaged"] == 1);
  CHECK(item["findings"]["torn-tail"] == 1);
  CHECK(counts_of(item["sizes"]) == std::vector{3, 0, 0, 0, 0, 0});
  CHECK(counts_of(item["ages"]) == std::vector{0, 1, 0, 1, 0, 0, 0});
  CHECK(item["undated"] == 1);
  CHECK(item["next_clean"]["would_remove"] == 1);
  CHECK(item["next_clean"]["bytes"] == old.size());
  CHECK(item["next_clean"]["ttl_hours"] == 168);
  CHECK(item["next_clean"]["kept_by_reason"]["damaged"] == 1);

  const ProcessResult text = tree.verify({"--stats", "p/.synapse/sessions"});
  CHECK(text.status == 0);
  CHECK(text.out.find("torn-tail") != std::string::npos);
  CHECK(text.out.find("would remove 1 of ") != std::string::npos);
  // Only told, not done.
  CHECK(tree.item({"--stats", "p/.synapse/sessions"})["files"] == 3);
}

TEST_CASE("modes that exclude each other are refused") {
  const Tree tree;
  tree.put("a.json", "{}");
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--detect", "--stats", "."},
                                                                     {"--stats", "--strict", "."},
                                                                     {"--detect", "--hash", "."},
                                                                     {"--stats", "--format", "sarif", "."},
                                                                     {"--detect", "--layout", "synapse", "."},
                                                                     {"--detect"}}) {
    CHECK(tree.verify(arguments).status == 16);
  }
}
