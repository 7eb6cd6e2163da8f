// What session-clean must never remove by its content: damaged, undatable, future-dated and pinned sessions,
// each on a real tree.

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "session/names.h"
#include "support/clean_store.h"

using namespace session::test;

TEST_CASE("damaged files stay: they are session-repair's work") {
  const CleanStore store;
  const std::string whole = synapse_session("x", k_old);
  store.put("empty.json", "");
  store.put("blank.json", " \n");
  store.put("nul.json", std::string(413, '\0'));
  store.put("torn.json", whole.substr(0, whole.size() - 5));
  store.put("nul-tail.json", whole + std::string(20, '\0'));
  store.put("stale-tail.json", whole + "}\n}");
  store.put("glued.json", whole + whole);
  store.put("bytes.json", R"({"uuid":"x","last_activity":"2026-01-01T00:00:00Z","t":")"
                          "\xff\"}");
  store.put("comma.json", R"({"uuid":"x","last_activity":"2026-01-01T00:00:00Z",})");
  CHECK(kept(store) == reasons({{"damaged", 9}}));
  CHECK(kept(store, {"--on-undatable", "mtime", "--ttl", "1ms"}) == reasons({{"damaged", 9}}));
}

TEST_CASE("what session-verify calls damaged in a store of that layout stays, however old it is") {
  const CleanStore store;
  const std::string rest = R"("schema_version":"2.0","started":"2025-12-01T00:00:00Z","last_activity":")" +
                           std::string(k_old) + "\"";
  store.put("no-version.json",
            R"({"uuid":"x","started":"2025-12-01T00:00:00Z","last_activity":")" + std::string(k_old) + "\"}");
  store.put("count.json", R"({"uuid":"x",)" + rest + R"(,"prompt_count":"three"})");
  store.put("agent.json", R"({"uuid":"x",)" + rest + R"(,"active_agent":[]})");
  store.put("id.json", R"({"uuid":null,)" + rest + "}");
  CHECK(kept(store) == reasons({{"damaged", 4}}));

  // Warnings protect nothing: an id that is not the name, a value of another version, a mode too open.
  store.put("copy.json", synapse_session("original", k_old));
  store.put_session("negative", k_old, R"(,"prompt_count":-3)");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "agent.json count.json id.json no-version.json");
}

TEST_CASE("damage of the layout is found behind the first look, and in every record") {
  SUBCASE("a document") {
    const CleanStore store;
    store.put("long.json",
              synapse_session("long", k_old,
                              R"(,"overrides":{"x":")" + std::string(200'000, 'x') + R"("},"history":7)"));
    CHECK(kept(store) == reasons({{"damaged", 1}}));
  }
  SUBCASE("records") {
    const CleanStore store(".codex/sessions");
    std::string records = R"({"type":"session_meta","timestamp":"2026-01-01T00:00:00Z","payload":{}})";
    records += "\n";
    for (int i = 0; i < 5000; ++i)
      records += R"({"type":"event","timestamp":"2026-01-01T00:00:00Z"})"
                 "\n";
    store.put("rollout-good.jsonl", records);
    store.put("rollout-bad.jsonl", records + R"({"type":9,"timestamp":"2026-01-01T00:00:00Z"})" + "\n");
    CHECK(store.clean({"--layout", "codex"}).status == 0);
    CHECK(store.names() == "rollout-bad.jsonl");
  }
  SUBCASE("MiniClaw's reader rejects a file in which a message lacks a field") {
    const CleanStore store(".miniclaw/workspace/sessions");
    store.put(
        "telegram_1.json",
        R"({"session_id":"telegram_1","channel":"telegram","chat_id":"1","created_at":)"
        R"("2025-01-01T00:00:00Z","last_accessed":"2026-01-01T00:00:00Z","messages":[{"role":"user"}]})");
    CHECK(kept(store) == reasons({{"damaged", 1}}));
  }
}

TEST_CASE("a claimed session that is damaged is put back") {
  const CleanStore store;
  const std::string claim =
      session::make_artifact_name(session::ArtifactKind::claim, "x.json", session::now(), 4'194'304, 0);
  store.put(claim, R"({"uuid":"x","last_activity":"2026-01-01T00:00:00Z"})");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "x.json");
}

TEST_CASE("a time that cannot be read or believed keeps its session") {
  const CleanStore store;
  store.put("missing.json", R"({"uuid":"missing","schema_version":"2.0"})");
  store.put("garbage.json", R"({"uuid":"garbage","last_activity":"garbage"})");
  store.put("date.json", R"({"uuid":"date","last_activity":"2026-01-01"})");
  store.put("null.json", R"({"uuid":"null","last_activity":null})");
  store.put("bool.json", R"({"uuid":"bool","last_activity":true})");
  store.put("list.json", R"({"uuid":"list","last_activity":["2026-01-01T00:00:00Z"]})");
  store.put("object.json", R"({"uuid":"object","last_activity":{"at":"2026-01-01T00:00:00Z"}})");
  store.put("zero.json", R"({"uuid":"zero","last_activity":0})");
  store.put("old.json", R"({"uuid":"old","last_activity":"1999-12-31T23:59:59Z"})");
  CHECK(kept(store) == reasons({{"undatable", 9}}));
  // Its required time missing or of another type, a session is damaged, and no mtime makes it a stale one.
  for (const auto* name : {"missing", "null", "bool", "list", "object"}) {
    store.age(std::string(name) + ".json", 24 * 365 * 2);
  }
  for (const auto* name : {"garbage", "date", "zero", "old"})
    std::filesystem::remove(store / (std::string(name) + ".json"));
  CHECK(kept(store, {"--on-undatable", "mtime"}) == reasons({{"damaged", 5}}));
}

TEST_CASE("an undatable session goes by its mtime only where that was asked for") {
  const CleanStore store;
  store.put_session("a", "garbage");
  store.put_session("b", "garbage");
  store.age("a.json", 24 * 365 * 2);
  CHECK(store.clean({"--on-undatable", "mtime"}).status == 0);
  CHECK(store.names() == "b.json");
}

TEST_CASE("future dates stay, whatever the TTL") {
  const CleanStore store;
  store.put_session("far", "2030-01-01T00:00:00Z");
  store.put("ms.json", R"({"uuid":"ms","last_activity":4102444800000})");
  CHECK(kept(store, {"--ttl", "1ms", "--on-undatable", "mtime"}) == reasons({{"future-dated", 2}}));
}

TEST_CASE("a clock that jumped back keeps everything") {
  const CleanStore store;
  store.put_session("a", k_old);
  store.put_session("b", k_fresh);
  CHECK(kept(store, {"--as-of", "2020-01-01T00:00:00Z"}) == reasons({{"future-dated", 2}}));
}

TEST_CASE("a stamp counts only as the top-level key of the whole document") {
  const CleanStore store;
  store.put("nested.json", R"({"uuid":"nested","context":{"last_activity":"2026-01-01T00:00:00Z"}})");
  store.put("string.json", R"({"uuid":"string","t":"\"last_activity\":\"2026-01-01T00:00:00Z\""})");
  store.put("array.json", R"([{"uuid":"array","last_activity":"2026-01-01T00:00:00Z"}])");
  const Json why = kept(store);
  CHECK(why == reasons({{"undatable", 2}, {"foreign", 1}}));
}

TEST_CASE("of duplicate keys the last counts") {
  const CleanStore store;
  store.put("fresh.json",
            R"({"uuid":"f","last_activity":"2026-01-01T00:00:00Z","last_activity":"2026-11-21T00:00:00Z"})");
  store.put("unreadable.json", R"({"uuid":"u","last_activity":"2026-01-01T00:00:00Z","last_activity":"x"})");
  store.put_session("stale", "2026-11-21T00:00:00Z", R"(,"last_activity":"2026-01-01T00:00:00Z")");
  store.put(
      "escaped.json",
      R"({"uuid":"e","last_activity":"2026-01-01T00:00:00Z","last_\u0061ctivity":"2026-11-21T00:00:00Z"})");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "escaped.json fresh.json unreadable.json");
}

TEST_CASE("offsets are honoured") {
  const CleanStore store;
  store.put_session("kept", "2026-11-14T05:00:00-07:00");
  store.put_session("gone", "2026-11-14T18:59:59+07:00");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "kept.json");
}

TEST_CASE("pinned sessions stay, only a top-level true pins") {
  const CleanStore store;
  store.put_session("pinned", k_old, R"(,"pinned":true)");
  CHECK(kept(store) == reasons({{"pinned", 1}}));
  store.put_session("unpinned", k_old, R"(,"pinned":false)");
  store.put_session("text", k_old, R"(,"pinned":"true")");
  store.put_session("nested", k_old, R"(,"overrides":{"pinned":true})");
  CHECK(store.clean().status == 0);
  CHECK(store.names() == "pinned.json");
}
