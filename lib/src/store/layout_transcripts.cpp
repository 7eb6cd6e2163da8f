// Agents that append one record a line. Each table names the source that its facts were read in.

#include <array>

#include "store/layout_families.h"

namespace session {
namespace {

const std::string k_hex_digit = "[0-9a-fA-F]";
std::string hex_digits(int count) {
  std::string pattern;
  for (int i = 0; i < count; ++i) pattern += k_hex_digit;
  return pattern;
}
std::string uuid_pattern() {
  return hex_digits(8) + '-' + hex_digits(4) + '-' + hex_digits(4) + '-' + hex_digits(4) + '-' +
         hex_digits(12);
}

/// The same fields required of several kinds of record.
std::vector<RecordRule> cut_records(const std::string& marker, const std::vector<std::string>& values,
                                    const std::vector<std::string>& required) {
  std::vector<RecordRule> rules;
  for (const std::string& value : values) rules.push_back({marker, value, required});
  return rules;
}

/// A header that was cut, or lost a value, tells whose the records are as long as it has these.
void keep_damaged_header(Layout& layout, const std::string& marker, const std::string& value,
                         std::vector<std::string> required) {
  layout.cut_records.push_back({marker, value, std::move(required)});
}

/// What the transcripts have in common.
Layout transcript(std::string name, std::string summary, std::vector<std::string> homes) {
  Layout layout;
  layout.name = std::move(name);
  layout.summary = std::move(summary);
  layout.homes = std::move(homes);
  layout.format = Format::json_lines;
  layout.suffix = ".jsonl";
  layout.activity_pointers = {"/timestamp"};
  return layout;
}

// Closed source; as its users' reports quote it. Record types without a timestamp exist ("last-prompt",
// "ai-title"). Sub-agents' transcripts lie in directories below and are not sessions of their own.
Layout claude_code() {
  Layout layout =
      transcript("claude-code", "Claude Code transcripts: ~/.claude/projects/{project}/{uuid}.jsonl",
                 {"~/.claude/projects/*", "~/.claude/projects"});
  layout.stem_patterns = {uuid_pattern()};
  layout.side_names = {"sessions-index.json", "history.jsonl", "settings.json", "agent-*.jsonl"};
  layout.recursive = true;
  layout.side_directories = {"subagents", "tool-results", "memory"};
  layout.fields = {
      {"", k_object, k_required},
      {"/type", k_string},
      {"/uuid", k_string},
      {"/parentUuid", k_string | k_null},
      {"/sessionId", k_string, k_optional, ValueRule::file_stem},
      {"/timestamp", k_string, k_optional, ValueRule::date_time},
  };
  layout.links.id_key = "uuid";
  layout.links.parent_key = "parentUuid";
  layout.links.chain_keys = {"sessionId", "isSidechain", "agentId"};
  layout.links.calls = {{"/message/content/*", "type", "tool_use", "id"}};
  layout.links.results = {{"/message/content/*", "type", "tool_result", "tool_use_id"}};
  layout.cut_records =
      cut_records("/type", {"user", "assistant"},
                  {"/parentUuid", "/uuid", "/timestamp", "/message/role", "/message/content"});
  return layout;
}

// openai/codex: codex-rs/rollout/src/{recorder,session_index}.rs
Layout codex() {
  Layout layout = transcript("codex", "Codex rollouts: ~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl",
                             {"~/.codex/sessions", "~/.codex/archived_sessions"});
  layout.stem_patterns = {"rollout-*"};
  layout.side_names = {"session_index.jsonl", "history.jsonl"};
  layout.recursive = true;
  layout.fields = {
      {"", k_object, k_required},
      {"/type", k_string},
      {"/timestamp", k_string, k_optional, ValueRule::date_time},
  };
  layout.header_fields = {
      {"/type", k_string, k_required, ValueRule::equals, {"session_meta"}},
      {"/timestamp", k_string, k_required, ValueRule::date_time},
      {"/payload", k_object, k_required},
  };
  layout.links.ordinal_key = "ordinal";
  layout.links.calls = {{"/payload", "type", "function_call", "call_id"},
                        {"/payload", "type", "custom_tool_call", "call_id"}};
  layout.links.results = {{"/payload", "type", "function_call_output", "call_id"},
                          {"/payload", "type", "custom_tool_call_output", "call_id"}};
  layout.cut_records =
      cut_records("/payload/type", {"message"}, {"/timestamp", "/type", "/payload/role", "/payload/content"});
  // Of its payload these have no default in codex-rs/protocol/src/protocol.rs.
  keep_damaged_header(layout, "/type", "session_meta",
                      {"/timestamp", "/payload/id", "/payload/timestamp", "/payload/cwd",
                       "/payload/originator", "/payload/cli_version"});
  return layout;
}

// google-gemini/gemini-cli: packages/core/src/services/chatRecordingService.ts
Layout gemini_cli() {
  Layout layout = transcript("gemini-cli", "Gemini CLI chats: ~/.gemini/tmp/{project}/chats/session-*.jsonl",
                             {"~/.gemini/tmp/*/chats", "~/.gemini/tmp"});
  layout.activity_pointers = {"/lastUpdated", "/timestamp"};
  layout.stem_patterns = {"session-*"};
  layout.side_names = {"logs.json", "checkpoint*.json"};
  layout.recursive = true;
  layout.side_directories = {"logs", "tool-outputs", "plans", "trackers"};
  layout.fields = {
      {"", k_object, k_required},
      {"/timestamp", k_string, k_optional, ValueRule::date_time},
      {"/lastUpdated", k_string, k_optional, ValueRule::date_time},
  };
  layout.header_fields = {
      {"/sessionId", k_string, k_required},
      {"/startTime", k_string, k_optional, ValueRule::date_time},
  };
  layout.cut_records = cut_records("/type", {"user", "gemini"}, {"/id", "/timestamp", "/content"});
  keep_damaged_header(layout, "", "", {"/sessionId"});
  return layout;
}

// openclaw/openclaw: src/config/sessions/{store-maintenance,artifacts}.ts
Layout openclaw() {
  Layout layout =
      transcript("openclaw", "OpenClaw transcripts: ~/.openclaw/agents/{agent}/sessions/{id}.jsonl",
                 {"~/.openclaw/agents/*/sessions"});
  layout.side_names = {"sessions.json", "*.checkpoint.*.jsonl", "*.trajectory.jsonl",
                       "*.trajectory-path.json"};
  layout.fields = {
      {"", k_object, k_required},
      {"/type", k_string},
      {"/timestamp", k_string | k_number},
  };
  layout.header_fields = {
      {"/type", k_string, k_required, ValueRule::equals, {"session"}},
      {"/id", k_string, k_required},
  };
  layout.links.id_key = "id";
  layout.links.parent_key = "parentId";
  layout.links.calls = {{"/message/content/*", "type", "toolCall", "id"}};
  layout.links.results = {{"/message", "role", "toolResult", "toolCallId"}};
  layout.cut_records = cut_records("/message/role", {"user", "assistant"},
                                   {"/type", "/id", "/parentId", "/timestamp", "/message/content"});
  // Without a version it reads as one of the first, and is rewritten by its owner.
  keep_damaged_header(layout, "/type", "session", {"/version", "/id"});
  return layout;
}

// QwenLM/qwen-code: packages/core/src/services/chatRecordingService.ts
Layout qwen_code() {
  Layout layout = transcript("qwen-code", "Qwen Code chats: ~/.qwen/projects/{project}/chats/{id}.jsonl",
                             {"~/.qwen/projects/*/chats", "~/.qwen/projects"});
  layout.recursive = true;
  layout.fields = {
      {"", k_object, k_required},
      {"/uuid", k_string},
      {"/parentUuid", k_string | k_null},
      {"/sessionId", k_string},
      {"/timestamp", k_string, k_optional, ValueRule::date_time},
  };
  layout.links.id_key = "uuid";
  layout.links.parent_key = "parentUuid";
  layout.links.chain_keys = {"sessionId"};
  layout.cut_records =
      cut_records("/type", {"user", "assistant"},
                  {"/uuid", "/parentUuid", "/sessionId", "/timestamp", "/message/role", "/message/parts"});
  return layout;
}

// HKUDS/nanobot: nanobot/session/manager.py. Times are local, without a zone.
Layout nanobot() {
  Layout layout = transcript("nanobot", "nanobot sessions: ~/.nanobot/sessions/{workspace}/{key}.jsonl",
                             {"~/.nanobot/sessions/*", "~/.nanobot/sessions"});
  layout.activity_pointers = {"/updated_at", "/timestamp"};
  layout.side_names = {"*.conflict*.jsonl"};
  layout.recursive = true;
  layout.fields = {
      {"", k_object, k_required},
      {"/timestamp", k_string, k_optional, ValueRule::date_time},
  };
  layout.header_fields = {
      {"/_type", k_string, k_required, ValueRule::equals, {"metadata"}},
      {"/updated_at", k_string, k_optional, ValueRule::date_time},
  };
  // An assistant's calls stand beside its content, and what lost them would read as if it had made none.
  layout.cut_records = cut_records("/role", {"user"}, {"/content", "/timestamp"});
  keep_damaged_header(layout, "/_type", "metadata", {"/_type"});
  return layout;
}

// sipeed/picoclaw: pkg/memory/jsonl.go. The `.meta.json` beside a transcript counts its lines (`skip`), so
// the transcript never goes, or shrinks, alone.
Layout picoclaw() {
  Layout layout =
      transcript("picoclaw", "picoclaw sessions: {workspace}/sessions/{key}.jsonl with {key}.meta.json",
                 {"~/.picoclaw/workspace/sessions"});
  layout.side_names = {"*.meta.json"};
  layout.expiry = Expiry::never;
  layout.fields = {{"", k_object, k_required}};
  layout.cut_records = cut_records("/role", {"user"}, {"/content"});
  return layout;
}

// SillyTavern: src/endpoints/chats.js. The last line has no newline; send_date is text for people in most
// versions, and then the chat has no readable time.
Layout sillytavern() {
  Layout layout = transcript("sillytavern", "SillyTavern chats: data/{user}/chats/{character}/{name}.jsonl",
                             {"data/*/chats/*", "data/*/chats"});
  layout.activity_pointers = {"/send_date"};
  layout.recursive = true;
  layout.side_directories = {"backups"};
  layout.fields = {
      {"", k_object, k_required},
      {"/send_date", k_string | k_number},
      {"/mes", k_string},
  };
  layout.cut_records = cut_records("", {""}, {"/name", "/mes", "/send_date"});
  keep_damaged_header(layout, "", "", {"/user_name", "/character_name"});
  return layout;
}

// block/goose: crates/goose/src/session/legacy.rs. `created` is epoch seconds.
Layout goose() {
  Layout layout =
      transcript("goose", "goose sessions before its database: ~/.local/share/goose/sessions/*.jsonl",
                 {"~/.local/share/goose/sessions"});
  layout.activity_pointers = {"/created"};
  layout.fields = {
      {"", k_object, k_required},
      {"/created", k_number},
      {"/role", k_string},
  };
  layout.cut_records = cut_records("/role", {"user", "assistant"}, {"/created", "/content"});
  return layout;
}

// github/copilot-cli. A session is a directory: its events never go alone.
Layout copilot_cli() {
  Layout layout =
      transcript("copilot-cli", "Copilot CLI events: ~/.copilot/session-state/{uuid}/events.jsonl",
                 {"~/.copilot/session-state/*", "~/.copilot/session-state"});
  layout.stem_patterns = {"events"};
  layout.recursive = true;
  layout.side_directories = {"checkpoints"};
  layout.expiry = Expiry::never;
  layout.fields = {
      {"", k_object, k_required},
      {"/type", k_string},
      {"/timestamp", k_string, k_optional, ValueRule::date_time},
  };
  return layout;
}

// Any other transcript: the names for the time of a record that the agents above, and others like them, use.
Layout json_lines() {
  Layout layout = transcript("jsonl", "JSON Lines, one record a line: {id}.jsonl", {});
  layout.activity_pointers = {"/timestamp",     "/lastUpdated",  "/updatedAt",  "/updated_at",
                              "/last_activity", "/lastActivity", "/created_at", "/createdAt",
                              "/created",       "/send_date",    "/ts",         "/time"};
  layout.side_names = {"session_index.jsonl",  "history.jsonl",      "index.jsonl",
                       "*.checkpoint.*.jsonl", "*.trajectory.jsonl", "*.conflict*.jsonl"};
  layout.fields = {{"", k_object, k_required}};
  return layout;
}

}  // namespace

std::span<const MakeLayout> transcript_layouts() {
  static constexpr std::array k_all = {claude_code, codex, gemini_cli,  openclaw,    qwen_code, nanobot,
                                       picoclaw,    goose, copilot_cli, sillytavern, json_lines};
  return k_all;
}

}  // namespace session
