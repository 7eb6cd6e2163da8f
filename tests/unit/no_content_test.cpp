// What docs/security.md promises: no message, log, report or page of any tool holds content of a session,
// however it is damaged, at whatever level of detail.

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/run_process.h"
#include "support/temp_dir.h"

using namespace session::test;

namespace {

using Words = std::vector<std::string>;

/// Stands in every value and in every key that no layout knows.
const std::string k_secret = "hunter2";

const std::vector<std::pair<std::string, std::string>> k_files = {
    {".synapse/sessions/whole.json",
     R"({"uuid":"whole","schema_version":"2.0","started":"2026-01-01T00:00:00Z",)"
     R"("last_activity":"2020-01-01T00:00:00Z","cwd":"hunter2","title":"hunter2","hunter2":"hunter2"})"},
    {".synapse/sessions/cut.json", R"({"uuid":"cut","hunter2":"hunter2","title":"hunter2)"},
    {".synapse/sessions/twice.json",
     R"({"hunter2":1,"hunter2":2,"uuid":"hunter2","schema_version":"hunter2","last_activity":"hunter2"})"},
    {".synapse/sessions/types.json",
     R"({"uuid":{"hunter2":1},"schema_version":["hunter2"],"last_activity":{"hunter2":"hunter2"}})"},
    {".synapse/sessions/syntax.json", R"({"uuid":hunter2, hunter2: 3})"},
    {".synapse/sessions/raw.json", "{\"uuid\":\"hunter2\nhunter2\",\"x\":\"\xFFhunter2\"}"},
    {".synapse/sessions/page.json", "<html>hunter2</html>"},
    {".synapse/sessions/gone.json.tmp.999999999", R"({"hunter2":"hunter2"})"},
    {".miniclaw/workspace/sessions/telegram_1.json",
     R"({"session_id":"hunter2","channel":"hunter2","chat_id":"hunter2","created_at":"hunter2",)"
     R"("last_accessed":"hunter2","messages":[{"role":"hunter2","content":"hunter2","timestamp":"hunter2",)"
     R"("tool_calls":[{"id":"hunter2","name":"hunter2","arguments":"hunter2"}]},{"role":"tool_result",)"
     R"("content":"x","timestamp":"2026-01-01T00:00:00Z","tool_call_id":"hunter2x"}]})"},
    {".claude/projects/p/lines.jsonl",
     R"({"type":"user","uuid":"hunter2","parentUuid":"hunter2b","timestamp":"hunter2"})"
     "\n"
     R"({"uuid":"hunter2","a":{"hunter2":1,"hunter2":1}}{"uuid":"hunter2c"})"
     "\n"
     R"({"hunter2":"hunter2)"
     "\n"},
};
const Words k_stores = {".synapse/sessions", ".miniclaw/workspace/sessions", ".claude/projects"};

struct Home {
  TempDir root;

  Home() {
    namespace fs = std::filesystem;
    for (const auto& [name, content] : k_files) {
      const fs::path path = root / name;
      fs::create_directories(path.parent_path());
      write_file(path.string(), content);
      fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
      fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1'000));
    }
  }
  /// Runs `words` and holds all that it says against the secret; returns the status.
  int says_nothing(Words words) const {
    words.front() = tool_path(words.front());
    const ProcessResult result = run_process(words, {.directory = root.path()});
    CAPTURE(words);
    // What is refused as usage says nothing of any session.
    CHECK(result.status >= 0);
    CHECK(result.status < 16);
    CHECK_FALSE((result.out.empty() && result.err.empty()));
    CHECK(result.out.find(k_secret) == std::string::npos);
    CHECK(result.err.find(k_secret) == std::string::npos);
    return result.status;
  }
  void holds_nothing(const std::string& name) const {
    const std::string content = read_file(root / name);
    CHECK_FALSE(content.empty());
    CHECK(content.find(k_secret) == std::string::npos);
    std::filesystem::remove(root / name);
  }
};

}  // namespace

TEST_CASE("session-verify shows no content, in any format and at any level") {
  const Home home;
  for (const std::string& store : k_stores) {
    for (const char* const format : {"text", "json", "ndjson", "junit", "sarif", "github"}) {
      for (const char* const level : {"syntax", "layout", "links"}) {
        home.says_nothing({"session-verify", "-vv", "--format", format, "--level", level, store});
      }
    }
    home.says_nothing({"session-verify", "-vv", "--detect", store});
    home.says_nothing({"session-verify", "-vv", "--stats", "--report", "page.html", store});
    home.holds_nothing("page.html");
    home.says_nothing({"session-verify", "--write-baseline", "known.json", store});
    home.holds_nothing("known.json");
  }
}

TEST_CASE("session-clean and session-repair show no content, before and while they work") {
  const Home home;
  for (const std::string& store : k_stores) {
    for (const char* const format : {"text", "json", "ndjson"}) {
      home.says_nothing({"session-clean", "-vv", "--format", format, "--dry-run", "--ttl", "1h", store});
      home.says_nothing({"session-repair", "-vv", "--format", format, "--dry-run", "--fix-links",
                         "--rebuild-header", "--report", "page.html", store});
      home.holds_nothing("page.html");
    }
    home.says_nothing({"session-repair", "-vv", "--fix-surrogates", "--report", "page.html", store});
    home.holds_nothing("page.html");
    home.says_nothing({"session-clean", "-vv", "--ttl", "1h", "--audit-log", "audit.jsonl", store});
    if (store == k_stores.front()) home.holds_nothing("audit.jsonl");
  }
}

TEST_CASE("session-save shows nothing of what it takes") {
  const Home home;
  for (const char* const format : {"text", "json", "ndjson"}) {
    CHECK(home.says_nothing({"session-save", "-vv", "--format", format, "--store", "./other", "whole",
                             ".synapse/sessions/whole.json"}) == 0);
  }
}

TEST_CASE("session-save shows nothing of what it refuses") {
  const Home home;
  for (const auto& [name, content] : k_files) {
    const ProcessResult result =
        run_process({tool_path("session-save"), "-vv", "--store", "./other", "id", name},
                    {.directory = home.root.path()});
    CAPTURE(name);
    CHECK(result.err.find(k_secret) == std::string::npos);
    CHECK(result.out.find(k_secret) == std::string::npos);
    CHECK(result.err.find("neither a configured store") == std::string::npos);
  }
}
