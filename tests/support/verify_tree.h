#pragma once
// A directory of files with session-verify run in it, and sessions to put there: what the tests of that tool
// share.

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/run_process.h"
#include "support/temp_dir.h"

namespace session::test {

class VerifyTree {
 public:
  [[nodiscard]] std::string operator/(const std::string& name) const { return root_ / name; }

  /// A file of the owner's alone, with the directories it stands in.
  void put(const std::string& name, const std::string& content) const {
    namespace fs = std::filesystem;
    fs::create_directories(fs::path(root_ / name).parent_path());
    write_file(root_ / name, content);
    fs::permissions(root_ / name, fs::perms::owner_read | fs::perms::owner_write);
  }
  /// The same, last written a year ago.
  void put_old(const std::string& name, const std::string& content) const {
    namespace fs = std::filesystem;
    put(name, content);
    fs::last_write_time(root_ / name, fs::file_time_type::clock::now() - std::chrono::hours(365 * 24));
  }

  [[nodiscard]] ProcessResult verify(std::vector<std::string> arguments, ProcessOptions options = {}) const {
    arguments.insert(arguments.begin(), tool_path("session-verify"));
    options.directory = root_.path();
    return run_process(arguments, options);
  }
  /// The records of a run, without the first.
  [[nodiscard]] std::vector<nlohmann::json> records(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--format", "ndjson"});
    std::vector<nlohmann::json> records;
    std::istringstream lines(verify(arguments).out);
    for (std::string line; std::getline(lines, line);) records.push_back(nlohmann::json::parse(line));
    REQUIRE(records.size() >= 2);
    CHECK(records.front()["type"] == "begin");
    CHECK(records.back()["type"] == "summary");
    records.erase(records.begin());
    return records;
  }
  /// The first item of a run that must end well.
  [[nodiscard]] nlohmann::json item(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--format", "json"});
    const ProcessResult result = verify(arguments);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    return nlohmann::json::parse(result.out)["items"][0];
  }

 private:
  TempDir root_;
};

inline std::string synapse_session(const std::string& id,
                                   const std::string& last_activity = "2026-01-01T00:00:00.000Z") {
  return R"({"uuid":")" + id +
         R"(","schema_version":"2.0","started":"2026-01-01T00:00:00.000Z","last_activity":")" +
         last_activity +
         R"(","cwd":"/p","label":"l","title":null,"prompt_count":1,)"
         R"("active_agent":{"id":null,"activated_at":null,"activation_quality":null},"active_workflow":null,)"
         R"("active_squad":null,"active_task":null,)"
         R"("context":{"last_bracket":"FRESH","last_tokens_used":0,"last_context_percent":100},"overrides":{},)"
         R"("history":{"star_commands_used":[],"domains_loaded_last":[],"agents_activated":[]}})"
         "\n";
}

/// The session telegram_{chat}; `messages` is the inside of the array.
inline std::string miniclaw_session(const std::string& chat, const std::string& messages = "") {
  return R"({"session_id":"telegram_)" + chat + R"(","channel":"telegram","chat_id":")" + chat +
         R"(","created_at":"2026-01-01T00:00:00Z","last_accessed":"2026-01-01T00:00:00Z","messages":[)" +
         messages + "]}";
}

}  // namespace session::test
