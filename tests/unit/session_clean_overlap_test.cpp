// Stores that share files: each file is judged, counted and removed once, by the rules of the store it
// belongs to.

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/clean_store.h"

using namespace session::test;

namespace {

constexpr auto k_first = "0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b.jsonl";
constexpr auto k_second = "1b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b.jsonl";
constexpr auto k_old_record = "{\"type\":\"user\",\"timestamp\":\"2026-01-01T00:00:00Z\"}\n";

/// What a dry run over `paths` counts, which must be what a real run then does.
Json counted(const CleanStore& store, const std::vector<std::string>& paths,
             std::vector<std::string> words = {}) {
  words.insert(words.end(), {"--format", "json"});
  words.insert(words.end(), paths.begin(), paths.end());
  std::vector<std::string> planning = words;
  planning.insert(planning.begin(), "--dry-run");
  const Json plan = Json::parse(store.run(planning).out)["summary"];
  const Json done = Json::parse(store.run(words).out)["summary"];
  for (const auto* key : {"scanned", "removed", "bytes_freed", "kept", "kept_by_reason"}) {
    CAPTURE(key);
    CHECK(plan[key] == done[key]);
  }
  return done;
}

}  // namespace

TEST_CASE("a directory that is named twice, by other words or through a symlink, is one store") {
  const CleanStore store;
  store.put_session("old", k_old);
  store.put_session("fresh", k_fresh);
  std::filesystem::create_directory_symlink(store.path(), store.root() / "link");
  const Json summary =
      counted(store, {store.path(), store.path() + "/", store.root() / ".synapse/../.synapse/sessions",
                      store.root() / "link"});
  CHECK(summary["scanned"] == 2);
  CHECK(summary["removed"] == 1);
  CHECK(summary["kept"] == 1);
  CHECK(summary["stores"].size() == 1);
  CHECK(store.names() == "fresh.json");
}

TEST_CASE("a session named beside its store, or twice, is counted once") {
  const CleanStore store;
  store.put_session("a", k_old);
  store.put_session("b", k_old);
  SUBCASE("before the store") {
    CHECK(counted(store, {store / "a.json", store.path()})["removed"] == 2);
    CHECK(store.names() == "");
  }
  SUBCASE("behind it") {
    CHECK(counted(store, {store.path(), store / "a.json"})["removed"] == 2);
    CHECK(store.names() == "");
  }
  SUBCASE("twice, without the store") {
    CHECK(counted(store, {store / "a.json", store / "a.json"})["removed"] == 1);
    CHECK(store.names() == "b.json");
  }
  SUBCASE("each by its name") {
    CHECK(counted(store, {store / "a.json", store / "b.json"})["removed"] == 2);
    CHECK(store.names() == "");
  }
}

TEST_CASE("a store inside another goes by its own rules, and by those alone") {
  const CleanStore store("projects");
  std::filesystem::create_directories(store / "one");
  std::filesystem::create_directories(store / "two");
  for (const auto* project : {"one", "two"}) {
    store.put(std::string(project) + "/" + k_first, k_old_record);
    store.put(std::string(project) + "/" + k_second, k_old_record);
  }
  const std::vector<std::string> layout = {"--layout", "claude-code"};
  SUBCASE("both named") {
    const Json summary = counted(store, {store.path(), store / "one"}, layout);
    CHECK(summary["removed"] == 4);
    CHECK(summary["stores"][0]["removed"] == 2);
    CHECK(summary["stores"][1]["removed"] == 2);
  }
  SUBCASE("a session below is named") {
    const Json summary = counted(store, {store.path(), store / "one/" + k_first}, layout);
    CHECK(summary["removed"] == 4);
    CHECK(summary["stores"][1]["removed"] == 1);
  }
  SUBCASE("the inner one is configured to keep longer") {
    write_file(store.root() / "core-config.yaml",
               "sessions:\n  stores:\n"
               "  - {name: all, path: projects, layout: claude-code}\n"
               "  - {name: kept, path: projects/one, layout: claude-code, ttlHours: 100000}\n");
    const Json summary = counted(store, {});
    CHECK(summary["removed"] == 2);
    CHECK(std::filesystem::exists(store / "one/" + k_first));
    CHECK_FALSE(std::filesystem::exists(store / "two/" + k_first));
  }
}

TEST_CASE("a configured store keeps its rules through a symlink and by --store DIR") {
  const CleanStore store;
  store.put_session("old", k_old);
  std::filesystem::create_directory_symlink(store.path(), store.root() / "link");
  write_file(store.root() / "core-config.yaml",
             "sessions:\n  stores:\n  - {name: kept, path: .synapse/sessions, ttlHours: 100000}\n");
  CHECK(store.run({store.root() / "link"}).status == 0);
  CHECK(store.run({"--store", store.root() / "link"}).status == 0);
  CHECK(store.run({"--store", store.path()}).status == 0);
  CHECK(store.names() == "old.json");
}

TEST_CASE("one directory with two rules is nobody's to guess") {
  const CleanStore store;
  store.put_session("old", k_old);
  write_file(store.root() / "core-config.yaml",
             "sessions:\n  stores:\n"
             "  - {name: short, path: .synapse/sessions, ttlHours: 1}\n"
             "  - {name: long, path: .synapse/../.synapse/sessions, ttlHours: 100000}\n");
  const ProcessResult result = store.run({});
  CHECK(result.status == 16);
  CHECK(result.err.find("stores 'short' and 'long' are one directory with different rules") !=
        std::string::npos);
  CHECK(store.names() == "old.json");
  CHECK(store.run({"--store", "long"}).status == 0);
  CHECK(store.names() == "old.json");
}

TEST_CASE("two layouts in one directory each have their own sessions") {
  const CleanStore store;
  store.put_session("old", k_old);
  store.put("old.jsonl", k_old_record);
  write_file(store.root() / "core-config.yaml",
             "sessions:\n  stores:\n"
             "  - {name: documents, path: .synapse/sessions, layout: synapse}\n"
             "  - {name: transcripts, path: .synapse/sessions, layout: jsonl, ttlHours: 1}\n");
  CHECK(counted(store, {})["removed"] == 2);
  CHECK(store.names() == "");
}
