#include <doctest/doctest.h>

#include <set>
#include <string>

#include "session/layout.h"
#include "session/names.h"

using namespace session;

namespace {

const Layout& layout(std::string_view name) {
  const Layout* found = find_layout(name);
  REQUIRE(found != nullptr);
  return *found;
}

std::string kind(std::string_view layout_name, std::string_view entry) {
  switch (layout(layout_name).classify(entry)) {
    case NameKind::session: return "session";
    case NameKind::side: return "side";
    case NameKind::foreign: return "foreign";
  }
  return "?";
}

std::string claimed(std::string_view path) {
  const Layout* found = layout_of_path(path);
  return found == nullptr ? "none" : found->name;
}
std::string home_of(std::string_view path) {
  const Layout* found = layout_of_directory(path);
  return found == nullptr ? "none" : found->name;
}

constexpr auto k_uuid = "0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b";

}  // namespace

TEST_CASE("every layout and alias is found by its name") {
  std::set<std::string> names;
  for (const Layout& each : layouts()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK(find_layout(each.name) == &each);
    CHECK_FALSE(each.summary.empty());
  }
  for (const auto* name : {"synapse",    "miniclaw",   "session-state",      "agent-bridge",
                           "metrics",    "jsonl",      "session-file-store", "claude-code",
                           "codex",      "gemini-cli", "openclaw",           "opencode",
                           "cline",      "roo-code",   "continue",           "qwen-code",
                           "nanobot",    "picoclaw",   "sillytavern",        "goose",
                           "copilot-cli"}) {
    CAPTURE(name);
    CHECK(names.erase(name) == 1);
  }
  CHECK(names.empty());
  CHECK(find_layout("claude") == find_layout("claude-code"));
  CHECK(find_layout("json-lines") == find_layout("jsonl"));
  CHECK(find_layout("") == nullptr);
  CHECK(find_layout("Synapse") == nullptr);
}

TEST_CASE("every layout's rules are well-formed") {
  for (const Layout& each : layouts()) {
    CAPTURE(each.name);
    CHECK((each.suffix == ".json" || each.suffix == ".jsonl"));
    CHECK((each.format == Format::json_lines) == (each.suffix == ".jsonl"));
    for (const std::string& pointer : each.activity_pointers) {
      CHECK(pointer.starts_with('/'));
      CHECK(pointer.find('/', 1) == std::string::npos);
    }
    for (const auto* rules : {&each.fields, &each.header_fields}) {
      std::set<std::string> paths;
      for (const FieldRule& rule : *rules) {
        CAPTURE(rule.path);
        CHECK((rule.path.empty() || rule.path.starts_with('/')));
        CHECK(paths.insert(rule.path).second);
        CHECK(rule.types != 0);
        const bool has_values = rule.rule == ValueRule::equals || rule.rule == ValueRule::one_of;
        CHECK(rule.values.empty() != has_values);
      }
    }
  }
}

TEST_CASE("a name made for an id is a session of that id") {
  for (const Layout& each : layouts()) {
    if (!each.single_file.empty() || !each.stem_patterns.empty()) continue;
    CAPTURE(each.name);
    for (const char* id : {"a", "telegram_123456789", k_uuid, "x.y", "\xff"}) {
      CAPTURE(id);
      const Name name = each.file_name(id);
      CHECK(each.classify(name) == NameKind::session);
      CHECK(each.stem(name) == id);
      CHECK_FALSE(parse_artifact(name).has_value());
    }
  }
  for (const auto* name : {"session-state", "agent-bridge", "metrics"}) {
    CHECK(kind(name, layout(name).file_name("any")) == "session");
  }
}

TEST_CASE("names that are no session in any layout") {
  for (const Layout& each : layouts()) {
    CAPTURE(each.name);
    for (const std::string& name :
         {std::string(".gitkeep"), std::string(".gitignore"), std::string("notes.txt"), std::string(".lock"),
          each.suffix, "." + each.suffix, "_index" + each.suffix, ".hidden" + each.suffix,
          std::string("a.db"), std::string("a.yaml"), std::string("a.jsonl.zst"), std::string("a.JSON")}) {
      CAPTURE(name);
      CHECK(each.classify(name) != NameKind::session);
    }
  }
}

TEST_CASE("side files are protected") {
  CHECK(kind("synapse", "_active-agent.json") == "side");
  CHECK(kind("synapse", "a.json") == "session");
  CHECK(kind("synapse", "a.jsonl") == "foreign");
  CHECK(kind("agent-bridge", "_active-agent.json") == "session");
  CHECK(kind("agent-bridge", "a.json") == "foreign");
  CHECK(kind("session-state", "session-state.json") == "session");
  CHECK(kind("session-state", "other.json") == "foreign");
  CHECK(kind("claude-code", std::string(k_uuid) + ".jsonl") == "session");
  CHECK(kind("claude-code", "agent-0123abcd.jsonl") == "side");
  CHECK(kind("claude-code", "history.jsonl") == "side");
  CHECK(kind("claude-code", "sessions-index.json") == "side");
  CHECK(kind("claude-code", "notes.jsonl") == "foreign");
  CHECK(kind("codex", "rollout-2026-11-21T11-12-29-x.jsonl") == "session");
  CHECK(kind("codex", "session_index.jsonl") == "side");
  CHECK(kind("codex", "rollout-2026.jsonl.zst") == "foreign");
  CHECK(kind("gemini-cli", "session-2026-11-21T11-12-0b8f3b1e.jsonl") == "session");
  CHECK(kind("gemini-cli", "logs.json") == "side");
  CHECK(kind("openclaw", "a.jsonl") == "session");
  CHECK(kind("openclaw", "sessions.json") == "side");
  CHECK(kind("openclaw", "a.checkpoint.0b8f.jsonl") == "side");
  CHECK(kind("openclaw", "a.trajectory.jsonl") == "side");
  CHECK(kind("opencode", "ses_1.json") == "session");
  CHECK(kind("opencode", "migration") == "foreign");
  CHECK(kind("cline", "ui_messages.json") == "session");
  CHECK(kind("cline", "sessions.index.json") == "side");
  CHECK(kind("roo-code", "history_item.json") == "session");
  CHECK(kind("roo-code", "_index.json") == "side");
  CHECK(kind("continue", "sessions.json") == "side");
  CHECK(kind("nanobot", "a.conflict-1.jsonl") == "side");
  CHECK(kind("picoclaw", "a.meta.json") == "side");
  CHECK(kind("copilot-cli", "events.jsonl") == "session");
  CHECK(kind("jsonl", "history.jsonl") == "side");
}

TEST_CASE("what belongs to something larger, or is overwritten in place, never expires") {
  std::set<std::string> never;
  for (const Layout& each : layouts()) {
    if (each.expiry == Expiry::never) never.insert(each.name);
  }
  CHECK(never == std::set<std::string>{"agent-bridge", "metrics", "opencode", "cline", "roo-code", "continue",
                                       "picoclaw", "copilot-cli"});
}

TEST_CASE("a path tells the layout") {
  CHECK(claimed("/p/.synapse/sessions/a.json") == "synapse");
  CHECK(claimed(".synapse/sessions/a.json") == "synapse");
  CHECK(claimed("./.synapse//sessions/./a.json") == "synapse");
  CHECK(claimed("/p/.synapse/sessions/_active-agent.json") == "agent-bridge");
  CHECK(claimed("/p/.synapse/metrics/uap-metrics.json") == "metrics");
  CHECK(claimed("/p/.synapse/metrics/a.json") == "none");
  CHECK(claimed("/p/.synapse/sessions/sub/a.json") == "none");
  CHECK(claimed("/p/.synapse/sessions/.gitkeep") == "none");
  CHECK(claimed(".aiox/session-state.json") == "session-state");
  CHECK(claimed("/p/.aios/session-state.json") == "session-state");
  CHECK(claimed("/home/u/.miniclaw/workspace/sessions/telegram_1.json") == "miniclaw");
  CHECK(claimed("~/.miniclaw/workspace/sessions/telegram_1.json") == "miniclaw");
  CHECK(claimed("/h/.claude/projects/-p/0b8f3b1e-9d2c-4a57-8f5e-1c2d3e4f5a6b.jsonl") == "claude-code");
  CHECK(claimed("/h/.claude/projects/-p/notes.jsonl") == "none");
  CHECK(claimed("/h/.codex/sessions/2026/11/21/rollout-x.jsonl") == "codex");
  CHECK(claimed("/h/.gemini/tmp/abc/chats/session-x.jsonl") == "gemini-cli");
  CHECK(claimed("/h/.openclaw/agents/main/sessions/a.jsonl") == "openclaw");
  CHECK(claimed("/h/.qwen/projects/p/chats/a.jsonl") == "qwen-code");
  CHECK(claimed("/h/.nanobot/sessions/w/k.jsonl") == "nanobot");
  CHECK(claimed("/h/.copilot/session-state/x/events.jsonl") == "copilot-cli");
  CHECK(claimed("/h/.local/share/goose/sessions/20260101_000000.jsonl") == "goose");
  CHECK(claimed("/h/.local/share/opencode/storage/session/p/ses_1.json") == "opencode");
  CHECK(claimed("/h/.continue/sessions/a.json") == "continue");
  CHECK(claimed("/st/data/me/chats/Ann/x.jsonl") == "sillytavern");
  CHECK(claimed("/srv/app/sessions/a.json") == "none");
  CHECK(claimed("a.json") == "none");
  CHECK(claimed("") == "none");
  CHECK(claimed("/") == "none");

  CHECK(home_of("/p/.synapse/sessions") == "synapse");
  CHECK(home_of("/p/.synapse/sessions/") == "synapse");
  CHECK(home_of("/p/.synapse/metrics") == "metrics");
  CHECK(home_of("/h/.claude/projects") == "claude-code");
  CHECK(home_of("/h/.claude/projects/-p") == "claude-code");
  CHECK(home_of("/h/.miniclaw/workspace/sessions") == "miniclaw");
  CHECK(home_of("/srv/app/sessions") == "none");
  CHECK(home_of(".") == "none");
}

TEST_CASE("an empty session holds its id and nothing invented") {
  const TimePoint now = *parse_date_time("2026-11-21T11:12:29Z");
  CHECK(
      layout("miniclaw").make_empty_session("telegram_1_2", now) ==
      R"({"session_id":"telegram_1_2","channel":"telegram","chat_id":"1_2",)"
      R"("created_at":"2026-11-21T11:12:29.000Z","last_accessed":"2026-11-21T11:12:29.000Z","messages":[]})");
  CHECK(layout("miniclaw")
            .make_empty_session("{id}_{now}", now)
            ->starts_with(R"({"session_id":"{id}_{now}","channel":"{id}","chat_id":"{now}",)"));
  CHECK(layout("miniclaw").make_empty_session("telegram", now) == std::nullopt);
  CHECK(layout("miniclaw").make_empty_session("_1", now) == std::nullopt);
  CHECK(layout("miniclaw").make_empty_session("telegram_", now) == std::nullopt);
  CHECK(layout("synapse").make_empty_session("a", now) == std::nullopt);
}
