// session-clean as its users see it: the main job, its reports, and which stores it works on.

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/clean_store.h"
#include "support/json_lines.h"

using namespace session::test;

namespace {

constexpr auto k_uuid = "0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b";

Json last_record(const std::string& ndjson) { return json_lines(ndjson).back(); }

}  // namespace

TEST_CASE("stale sessions go, fresh ones stay") {
  const CleanStore store;
  store.put_session(k_uuid, k_old);
  store.put_session("fresh", k_fresh);
  const ProcessResult result = store.clean();
  CHECK(result.status == 0);
  CHECK(result.err == "");
  CHECK(store.names() == "fresh.json");
  const std::string bytes = std::to_string(synapse_session(k_uuid, k_old).size()) + " bytes";
  CHECK(result.out == "removed " + (store / (std::string(k_uuid) + ".json")) +
                          ": last active 2026-01-01T00:00:00.000Z, 324 d ago, " + bytes + "\n" +
                          store.path() + ": 2 scanned, 1 removed (" + bytes + "), 1 kept (1 fresh)\n");
}

TEST_CASE("a second run finds nothing to do, and a store without stale sessions gets no lock file") {
  const CleanStore store;
  store.put_session("fresh", k_fresh);
  CHECK(store.clean().status == 0);
  CHECK_FALSE(std::filesystem::exists(store / ".lock"));
  store.put_session("old", k_old);
  CHECK(store.clean().status == 0);
  const ProcessResult again = store.clean({"--format", "ndjson"});
  CHECK(again.status == 0);
  CHECK(last_record(again.out)["removed"] == 0);
}

TEST_CASE("stale is strictly older than the TTL, 7 days unless said otherwise") {
  const CleanStore store;
  store.put_session("at", "2026-11-14T12:00:00.000Z");
  store.put_session("over", "2026-11-14T11:59:59.999Z");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "at.json");
  CHECK(store.clean({"--ttl", "167h"}).status == 0);
  CHECK(store.names() == "");
}

TEST_CASE("TTL 0 is never") {
  const CleanStore store;
  store.put_session("old", k_old);
  const ProcessResult result = store.clean({"--ttl", "0", "--format", "ndjson"});
  CHECK(result.status == 0);
  CHECK(store.names() == "old.json");
  CHECK(last_record(result.out)["kept_by_reason"] == Json{{"never-expires", 1}});
}

TEST_CASE("a dry run shows the same plan and touches nothing") {
  const CleanStore store;
  store.put_session("a", k_old);
  store.put_session("b", k_old);
  store.put_session("c", k_fresh);
  const ProcessResult planned = store.clean({"--dry-run", "--format", "ndjson"});
  CHECK(planned.status == 0);
  CHECK(store.names() == "a.json b.json c.json");
  CHECK_FALSE(std::filesystem::exists(store / ".lock"));
  const Json plan = last_record(planned.out);
  const Json done = last_record(store.clean({"--format", "ndjson"}).out);
  CHECK(plan["dry_run"] == true);
  CHECK(done["dry_run"] == false);
  for (const auto* key : {"scanned", "removed", "bytes_freed", "kept", "kept_by_reason", "errors"}) {
    CAPTURE(key);
    CHECK(plan[key] == done[key]);
  }
  CHECK(store.names() == "c.json");
}

TEST_CASE("every form of activity time is understood") {
  const CleanStore store;
  store.put_session("zone", "2026-11-14T13:00:00+02:00");
  store.put_session("naive", "2026-11-14T11:00:00");
  store.put_session("text", "1767225600");
  store.put_session("text-ms", "1795250000000");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "text-ms.json");

  const CleanStore numbers("sessions");
  numbers.put("seconds.json", R"({"cookie":{},"__lastAccess":1767225600})");
  numbers.put("milliseconds.json", R"({"cookie":{},"__lastAccess":1767225600000})");
  numbers.put("new.json", R"({"cookie":{},"__lastAccess":1795250000000})");
  CHECK(numbers.clean().status == 0);
  CHECK(numbers.names() == "new.json");
}

TEST_CASE("miniclaw's sessions are told from their content, and found at home by the layout's name") {
  const CleanStore elsewhere("backup");
  elsewhere.put("telegram_1.json", miniclaw_session("1", "", "2026-01-01T00:00:00.123456Z"));
  elsewhere.put("telegram_2.json", miniclaw_session("2", "", k_fresh));
  CHECK(elsewhere.clean().status == 0);
  CHECK(elsewhere.names() == "telegram_2.json");

  const CleanStore home(".miniclaw/workspace/sessions");
  home.put("telegram_1.json", miniclaw_session("1", "", k_old));
  const ProcessResult result = home.run({"--layout", "miniclaw"});
  CHECK(result.status == 0);
  CHECK(home.names() == "");
}

TEST_CASE("transcripts go by the greatest time of their records") {
  const CleanStore store("transcripts");
  store.put("old.jsonl", "{\"timestamp\":\"2026-01-01T00:00:00Z\"}\n{\"type\":\"ai-title\"}\n");
  store.put("fresh.jsonl",
            "{\"timestamp\":\"2026-01-01T00:00:00Z\"}\n{\"timestamp\":\"2026-11-21T00:00:00Z\"}\n"
            "{\"timestamp\":\"2026-01-02T00:00:00Z\"}\n");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "fresh.jsonl");
}

TEST_CASE("web sessions go by their own TTL") {
  const CleanStore store("sessions");
  store.put("short.json", R"({"cookie":{"originalMaxAge":3600000},"__lastAccess":1795255000000})");
  store.put("long.json", R"({"cookie":{"originalMaxAge":99999999999},"__lastAccess":1767225600000})");
  store.put("none.json", R"({"cookie":{"originalMaxAge":null},"__lastAccess":1767225600000})");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "long.json");
}

TEST_CASE("one file can be named") {
  const CleanStore store;
  store.put_session("a", k_old);
  store.put_session("b", k_old);
  CHECK(store.run({store / "a.json"}).status == 0);
  CHECK(store.names() == "b.json");
}

TEST_CASE("without a store there is a hint and nothing else") {
  const CleanStore store("elsewhere");
  const ProcessResult result = store.run({});
  CHECK(result.status == 16);
  CHECK(result.out.find("removed") == std::string::npos);
  CHECK(result.err.find("no store to clean") != std::string::npos);
  CHECK(result.err.find("session-clean: hint: ") != std::string::npos);
}

TEST_CASE("a store that is missing is a warning where it was named, and is not created") {
  const CleanStore store;
  const std::string missing = store.root() / "missing";
  const ProcessResult result = store.run({missing});
  CHECK(result.status == 0);
  CHECK(result.err ==
        "session-clean: warning: " + missing + ": there is no such directory; nothing to clean\n");
  CHECK(result.out == missing + ": no such directory\n");
  CHECK_FALSE(std::filesystem::exists(missing));
}

TEST_CASE("a configured store that is missing is a note") {
  const CleanStore store;
  const std::string missing = store.root() / "missing";
  write_file(store.root() / "core-config.yaml",
             "sessions:\n  stores:\n  - {name: away, path: missing, layout: synapse}\n");
  const ProcessResult result = store.run({});
  CHECK(result.status == 0);
  CHECK(result.err == "session-clean: note: " + missing + ": there is no such directory; nothing to clean\n");
  CHECK(result.out == missing + ": no such directory\n");
  const Json summary = last_record(store.run({"--format", "ndjson"}).out);
  CHECK(summary["stores"] == Json::array({{{"name", "away"}, {"path", missing}, {"missing", true}}}));
  const ProcessResult quiet = store.run({"-q"});
  CHECK(quiet.status == 0);
  CHECK(quiet.err == "");
  CHECK(quiet.out == "");
}

TEST_CASE("what cannot be right is refused before anything is done") {
  const CleanStore store;
  store.put_session("old", k_old);
  const std::vector<std::vector<std::string>> wrong = {
      {"--ttl", "soon"},      {"--ttl", "-1"},          {"--as-of", "yesterday"}, {"--layout", "synaps"},
      {"--store", "nowhere"}, {"--on-undatable", "rm"}, {"--max-delete", "x"},    {"--keep-newest", "-1"},
      {"--frobnicate"},       {"--config", "/missing"}, {"--max-delete", "101%"}, {"--format", "yaml"}};
  for (const auto& words : wrong) {
    CAPTURE(words);
    const ProcessResult result = store.clean(words);
    CHECK(result.status == 16);
    CHECK(result.err.starts_with("session-clean: error: "));
  }
  CHECK(store.names() == "old.json");
}

TEST_CASE("ndjson says what, why and how much, json the same in one document") {
  const CleanStore store;
  store.put_session("old", k_old);
  store.put("torn.json", R"({"uuid":"torn","last_activity":"2026-01)");
  const ProcessResult planned = store.clean({"--dry-run", "--format", "json"});
  const Json document = Json::parse(planned.out);
  REQUIRE(document["items"].size() == 2);
  CHECK(document["items"][1] == Json{{"path", store / "old.json"},
                                     {"action", "remove"},
                                     {"reason", "stale"},
                                     {"activity", "2026-01-01T00:00:00.000Z"},
                                     {"age_seconds", 28036800},
                                     {"bytes", synapse_session("old", k_old).size()},
                                     {"outcome", "planned"}});
  CHECK(document["items"][0] ==
        Json{{"path", store / "torn.json"}, {"action", "keep"}, {"reason", "damaged"}});
  const Json& summary = document["summary"];
  CHECK(summary["scanned"] == 2);
  CHECK(summary["kept_by_reason"] == Json{{"damaged", 1}});
  CHECK(summary["stores"][0]["layout"] == "synapse");
  CHECK(summary["stores"][0]["ttl_ms"] == 604800000);
  CHECK(summary["exit"] == 0);
}

TEST_CASE("with -q only what went wrong is said") {
  const CleanStore store;
  store.put_session("old", k_old);
  const ProcessResult result = store.clean({"-q"});
  CHECK(result.status == 0);
  CHECK(result.out == "");
  CHECK(result.err == "");
  CHECK(store.names() == "");
}
