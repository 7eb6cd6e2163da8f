// session-clean with a configuration, a trash, an audit log, and as a hook.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/clean_store.h"
#include "support/json_lines.h"

using namespace session::test;

namespace {

std::string hook_payload(const CleanStore& store, const std::string& id) {
  return Json{{"session_id", id},
              {"transcript_path", "/home/u/.claude/projects/-p/" + id + ".jsonl"},
              {"cwd", store.root().path()},
              {"permission_mode", "default"},
              {"hook_event_name", "UserPromptSubmit"},
              {"prompt", "write a \"haiku\"\n"}}
      .dump();
}

enum class Expect { clean_up, nothing };

/// Runs the hook and waits until what it started has removed the stale session; where it should do nothing,
/// for as long as it would have needed for that.
std::string names_after_hook(const CleanStore& store, const std::string& payload, Expect expect,
                             std::vector<std::string> words = {}) {
  words.insert(words.begin(), {tool_path("session-clean"), "--hook"});
  const ProcessResult result = run_process(
      words, {.input = payload, .directory = "/", .environment = {{"HOME", store.root().path()}}});
  CHECK(result.status == 0);
  CHECK(result.out == "");
  CHECK(result.err == "");
  const int patience = expect == Expect::clean_up ? 2000 : 30;
  // Neither it nor, for the moment between renaming and removing it, its claim.
  for (int i = 0; i < patience && store.names().find("old.json") != std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return store.names();
}

}  // namespace

TEST_CASE("without anything named, the project's store goes by Synapse's own key") {
  const CleanStore store;
  write_file(store.root() / "core-config.yaml",
             "other: {deep: [1, 2]}\nsynapse:\n  session:\n    staleTTLHours: 48\n");
  store.put_session("a", "2026-11-19T11:00:00Z");
  store.put_session("b", "2026-11-19T13:00:00Z");
  std::filesystem::create_directories(store.root() / "deep/below");
  const ProcessResult result = store.run({}, {.directory = store.root() / "deep/below"});
  CHECK(result.status == 0);
  CHECK(store.names() == "b.json");
}

TEST_CASE("a broken configuration removes nothing") {
  const CleanStore store;
  store.put_session("old", k_old);
  for (const auto* text :
       {"sessions:\n  ttlHours: -1\n", "sessions:\n  ttlHours: soon\n", "sessions:\n  ttlHour: 5\n",
        "synapse:\n  session:\n    staleTTLHours: \"x\"\n", "sessions: [\n", "sessions:\n\tttlHours: 5\n",
        "sessions:\n  stores:\n  - name: a\n", "sessions:\n  onUndatable: delete\n"}) {
    CAPTURE(text);
    write_file(store.root() / "core-config.yaml", text);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{}, {store.path()}, {"--ttl", "1h"}}) {
      const ProcessResult result = store.run(words);
      CHECK(result.status == 16);
      CHECK(result.err.find("core-config.yaml") != std::string::npos);
      CHECK(store.names() == "old.json");
    }
  }
}

TEST_CASE("several stores each go by their own rules, with a summary each and a total") {
  const CleanStore store("a");
  std::filesystem::create_directories(store.root() / "b");
  write_file(store.root() / "core-config.yaml",
             "sessions:\n  ttlHours: 24\n  stores:\n"
             "  - {name: first, path: a, layout: synapse}\n"
             "  - {name: second, path: b, layout: synapse, ttlHours: 10000, keepNewest: 1}\n"
             "  - {name: third, path: missing, layout: miniclaw}\n"
             "  - {name: off, path: a, enabled: false}\n");
  store.put_session("old", k_old);
  write_file(store.root() / "b/old.json", synapse_session("old", k_old));
  const ProcessResult result = store.run({"--format", "json"});
  CHECK(result.status == 0);
  CHECK(store.names() == "");
  CHECK(std::filesystem::exists(store.root() / "b/old.json"));
  const Json summary = Json::parse(result.out)["summary"];
  CHECK(summary["scanned"] == 2);
  CHECK(summary["removed"] == 1);
  REQUIRE(summary["stores"].size() == 3);
  CHECK(summary["stores"][0]["name"] == "first");
  CHECK(summary["stores"][1]["removed"] == 0);
  CHECK(summary["stores"][2]["missing"] == true);
  CHECK_FALSE(std::filesystem::exists(store.root() / "missing"));

  SUBCASE("one by its name") {
    store.put_session("old", k_old);
    CHECK(store.run({"--store", "second"}).status == 0);
    CHECK(store.names() == "old.json");
    CHECK(store.run({"--store", "frist"}).err.find("did you mean 'first'?") != std::string::npos);
  }
  SUBCASE("a store's rules hold when it is named by its path, and a flag goes before them") {
    CHECK(store.run({store.root() / "b"}).status == 0);
    CHECK(std::filesystem::exists(store.root() / "b/old.json"));
    CHECK(store.run({"--ttl", "1h", "--keep-newest", "0", store.root() / "b"}).status == 0);
    CHECK_FALSE(std::filesystem::exists(store.root() / "b/old.json"));
  }
}

TEST_CASE("one store that fails does not stop the next") {
  const CleanStore store("a");
  std::filesystem::create_directories(store.root() / "b");
  write_file(store.root() / "core-config.yaml",
             "sessions:\n  maxDelete: 1\n  stores:\n  - {name: a, path: a, layout: synapse}\n"
             "  - {name: b, path: b, layout: synapse}\n");
  store.put_session("x", k_old);
  store.put_session("y", k_old);
  write_file(store.root() / "b/z.json", synapse_session("z", k_old));
  CHECK(store.run({}).status == 8);
  CHECK(store.names() == "x.json y.json");
  CHECK_FALSE(std::filesystem::exists(store.root() / "b/z.json"));
}

TEST_CASE("the trash keeps what is removed, in the same tree, and gives it back") {
  const CleanStore store;
  store.put_session("a", k_old);
  store.put_session("b", k_old);
  const std::string content = read_file(store / "a.json");
  CHECK(store.clean({"--trash"}).status == 0);
  CHECK(store.names() == ".trash");
  struct stat about {};
  REQUIRE(stat((store / ".trash").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);

  const ProcessResult listed = store.clean({"--list-trash", "--format", "json"});
  const Json items = Json::parse(listed.out)["items"];
  REQUIRE(items.size() == 2);
  CHECK(items[0]["name"] == "a.json");
  CHECK(items[1]["name"] == "b.json");

  CHECK(store.clean({"--dry-run", "--restore", "a"}).status == 0);
  CHECK(store.names() == ".trash");
  CHECK(store.clean({"--restore", "a", "--restore", "b.json"}).status == 0);
  CHECK(store.names() == "a.json b.json");
  CHECK(read_file(store / "a.json") == content);
  const ProcessResult missing = store.clean({"--restore", "a"});
  CHECK(missing.status == 8);
  CHECK(missing.err.find("a: ") != std::string::npos);
}

TEST_CASE("restoring never replaces") {
  const CleanStore store;
  store.put_session("a", k_old);
  CHECK(store.clean({"--trash"}).status == 0);
  store.put_session("a", k_fresh);
  CHECK(store.clean({"--restore", "a"}).status == 8);
  CHECK(read_file(store / "a.json") == synapse_session("a", k_fresh));
  CHECK(Json::parse(store.clean({"--list-trash", "--format", "json"}).out)["items"].size() == 1);
}

TEST_CASE("the trash has a retention of its own") {
  const CleanStore store;
  store.put_session("a", k_old);
  CHECK(store.clean({"--trash"}).status == 0);
  const std::vector<std::string> month_later = {"--as-of", "2026-12-21T12:00:01Z"};
  CHECK(store.clean({"--as-of", "2026-12-21T11:00:00Z"}).status == 0);
  CHECK(store.names() == ".trash");
  CHECK(store.clean({month_later[0], month_later[1], "--trash-ttl", "0"}).status == 0);
  CHECK(store.names() == ".trash");
  CHECK(store.clean({month_later[0], month_later[1], "--dry-run"}).status == 0);
  CHECK(store.names() == ".trash");
  CHECK(store.clean({month_later[0], month_later[1]}).status == 0);
  CHECK(store.names() == "");
}

TEST_CASE("a nested session comes back to its own directory") {
  const CleanStore store(".codex/sessions");
  std::filesystem::create_directories(store / "2026/01/01");
  const std::string name = "2026/01/01/rollout-2026-01-01T00-00-00-x.jsonl";
  const std::string content =
      "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"session_meta\",\"payload\":{\"id\":\"x\"}}\n";
  store.put(name, content);
  CHECK(store.clean({"--trash"}).status == 0);
  CHECK_FALSE(std::filesystem::exists(store / name));
  // What lies in the trash is no session of the store.
  CHECK(store.clean({"--trash"}).status == 0);
  CHECK(store.clean({"--restore", "rollout-2026-01-01T00-00-00-x"}).status == 0);
  CHECK(read_file(store / name) == content);
}

TEST_CASE("the audit log says what was intended and what became of it") {
  const CleanStore store;
  const std::string log = store.root() / "audit.jsonl";
  store.put_session("a", k_old);
  store.put_session("b", k_fresh);
  CHECK(store.clean({"--dry-run", "--audit-log", log}).status == 0);
  CHECK_FALSE(std::filesystem::exists(log));
  CHECK(store.clean({"--audit-log", log}).status == 0);
  CHECK(store.clean({"--audit-log", log}).status == 0);
  const auto records = json_lines(read_file(log));
  REQUIRE(records.size() == 2);
  CHECK(records[0]["event"] == "intent");
  CHECK(records[1]["event"] == "outcome");
  CHECK(records[1]["outcome"] == "removed");
  for (const Json& record : records) {
    CHECK(record["path"] == store / "a.json");
    CHECK(record["reason"] == "stale");
    CHECK(record["activity"] == k_old);
    CHECK(record["bytes"] == synapse_session("a", k_old).size());
    CHECK(session::parse_date_time(record["time"].get<std::string>()).has_value());
  }
}

TEST_CASE("what cannot be entered in the audit log is not removed") {
  const CleanStore store;
  store.put_session("a", k_old);
  const ProcessResult result = store.clean({"--audit-log", store.root() / "missing/audit.jsonl"});
  CHECK(result.status == 8);
  CHECK(result.err.find("audit") != std::string::npos);
  CHECK(store.names() == "a.json");
}

TEST_CASE("the hook cleans at the first prompt of a session, and once") {
  const CleanStore store;
  store.put_session("old", k_old);
  CHECK(names_after_hook(store, hook_payload(store, "s1"), Expect::clean_up) == ".clean-started");
  store.put_session("old", k_old);
  CHECK(names_after_hook(store, hook_payload(store, "s1"), Expect::nothing) == ".clean-started old.json");
  CHECK(names_after_hook(store, hook_payload(store, "s2"), Expect::clean_up) == ".clean-started");
}

TEST_CASE("the payloads of different hosts and events are understood") {
  const CleanStore store;
  const Json common = {{"session_id", "s"}, {"cwd", store.root().path()}};
  std::vector<Json> payloads;
  // Claude Code at the start of a session, Codex, Gemini CLI; and a prompt into which somebody pasted an
  // image.
  payloads.push_back(
      {{"transcript_path", "/t.jsonl"}, {"hook_event_name", "SessionStart"}, {"source", "startup"}});
  payloads.push_back({{"turn_id", "1"}, {"transcript_path", nullptr}, {"model", "m"}, {"prompt", "p"}});
  payloads.push_back(
      {{"hook_event_name", "BeforeAgent"}, {"timestamp", k_fresh}, {"prompt", "\u00e4\u2028"}});
  payloads.push_back({{"prompt", std::string(3'000'000, 'A')}, {"cwd_before", {{"cwd", "/elsewhere"}}}});
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    CAPTURE(i);
    payloads[i].update(common);
    payloads[i]["session_id"] = "s" + std::to_string(i);
    store.put_session("old", k_old);
    CHECK(names_after_hook(store, payloads[i].dump() + "\n", Expect::clean_up) == ".clean-started");
  }
}

TEST_CASE("prompt_count 0 is a first prompt, any other is none") {
  const CleanStore store;
  store.put_session("old", k_old);
  store.put("running.json", R"({"uuid":"running","last_activity":"2100-01-01T00:00:00Z","prompt_count":4})");
  CHECK(names_after_hook(store, hook_payload(store, "running"), Expect::nothing) == "old.json running.json");
  store.put("running.json", R"({"uuid":"running","last_activity":"2100-01-01T00:00:00Z","prompt_count":0})");
  CHECK(names_after_hook(store, hook_payload(store, "running"), Expect::clean_up) ==
        ".clean-started running.json");
}

TEST_CASE("one switch disables the hook: nothing is written, nothing started") {
  const CleanStore store;
  store.put_session("old", k_old);
  const std::string config = store.root() / "core-config.yaml";
  write_file(config, "sessions:\n  clean:\n    enabled: false\n");
  CHECK(names_after_hook(store, hook_payload(store, "s1"), Expect::nothing) == "old.json");
  write_file(config, "sessions:\n  clean:\n    enabled: true\n");
  CHECK(names_after_hook(store, hook_payload(store, "s1"), Expect::clean_up) == ".clean-started");

  store.put_session("old", k_old);
  write_file(store.root() / "other.yaml", "sessions:\n  clean:\n    enabled: false\n");
  CHECK(names_after_hook(store, hook_payload(store, "s2"), Expect::nothing, {"--config", "other.yaml"}) ==
        ".clean-started old.json");
  CHECK(read_file(store / ".clean-started") == "s1\n");
  write_file(config, "sessions: [broken\n");
  CHECK(names_after_hook(store, hook_payload(store, "s3"), Expect::nothing) == ".clean-started old.json");
  CHECK(read_file(store / ".clean-started") == "s1\n");
}

TEST_CASE("whatever a hook is given, it is silent, exits 0 and removes nothing it should not") {
  const CleanStore store;
  store.put_session("fresh", k_fresh);
  for (const std::string& payload :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string("{}"),
        std::string(R"({"cwd":1,"session_id":2})"), std::string(R"({"cwd":"relative","session_id":"x"})"),
        std::string(R"({"cwd":"/nonexistent","session_id":"x"})"),
        R"({"cwd":")" + store.root().path() + R"(","session_id":"../../x"})",
        R"({"cwd":")" + store.root().path() + R"(","session_id":"a\nb"})",
        R"({"cwd":")" + store.root().path() + R"("})"}) {
    CAPTURE(payload);
    CHECK(names_after_hook(store, payload, Expect::nothing) == "fresh.json");
  }
}

TEST_CASE("the hook passes its options on") {
  const CleanStore store;
  store.put_session("old", k_old);
  CHECK(names_after_hook(store, hook_payload(store, "s1"), Expect::nothing, {"--ttl", "0"}) ==
        ".clean-started old.json");
  CHECK(names_after_hook(store, hook_payload(store, "s2"), Expect::clean_up, {"--trash", "--ttl", "1h"}) ==
        ".clean-started .trash");
}
