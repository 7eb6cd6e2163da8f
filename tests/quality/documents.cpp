#include "quality/documents.h"

#include <nlohmann/json.hpp>

#include "quality/author.h"
#include "quality/foreign.h"

namespace quality {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent) { return json.dump(indent); }

Json miniclaw_message(Author& author) {
  Json message;
  const std::size_t kind = author.below(10);
  message["role"] = kind < 4 ? "user" : kind < 8 ? "assistant" : kind < 9 ? "tool_result" : "system";
  message["content"] = author.words(1, 60);
  message["timestamp"] = author.time();
  if (kind >= 6 && kind < 8) {
    Json calls = Json::array();
    for (std::size_t i = 0; i <= author.below(2); ++i) {
      Json arguments = {{"path", "/tmp/" + author.hex(6)}, {"line", author.below(500)}};
      calls.push_back(
          {{"id", "call_" + author.hex(8)}, {"name", "read_file"}, {"arguments", arguments.dump()}});
    }
    message["tool_calls"] = calls;
  }
  if (kind == 8) message["tool_call_id"] = "call_" + author.hex(8);
  return message;
}

Document miniclaw(Author& author, int indent, std::size_t messages) {
  Json document;
  const std::string chat = std::to_string(100'000 + author.below(900'000));
  document["session_id"] = "telegram_" + chat;
  document["channel"] = "telegram";
  document["chat_id"] = chat;
  document["created_at"] = author.time();
  document["last_accessed"] = author.time();
  document["messages"] = Json::array();
  Json older;
  for (std::size_t i = 0; i < messages; ++i) {
    document["messages"].push_back(miniclaw_message(author));
    document["last_accessed"] = author.time();
    if (i == messages - 1 - messages / 5) older = document;
  }
  return {"miniclaw",         "miniclaw", "telegram_" + chat, session::Format::json, dump(document, indent),
          dump(older, indent)};
}

Document synapse(Author& author, int indent) {
  const std::string uuid = author.uuid();
  const auto make = [&](std::size_t count) {
    Json document;
    document["uuid"] = uuid;
    document["schema_version"] = "2.0";
    document["started"] = "2026-02-01T08:00:00.000Z";
    document["last_activity"] = author.time();
    document["cwd"] = "/home/user/" + author.hex(5);
    document["label"] = author.words(2, 5);
    document["title"] = author.chance(50) ? Json(author.words(3, 8)) : Json(nullptr);
    document["prompt_count"] = count;
    document["active_agent"] = {
        {"id", "dev"}, {"activated_at", author.time()}, {"activation_quality", "full"}};
    document["active_workflow"] = nullptr;
    document["active_squad"] = nullptr;
    document["active_task"] = {
        {"id", author.hex(6)}, {"name", author.words(2, 6)}, {"done", author.chance(50)}};
    document["context"] = {{"last_bracket", "FRESH"},
                           {"last_tokens_used", 1000 + 37 * count},
                           {"last_context_percent", 12.5 + static_cast<double>(count)}};
    document["overrides"] = Json::object();
    Json commands = Json::array();
    Json domains = Json::array();
    Json agents = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
      commands.push_back("*" + author.words(1, 2));
      if (i % 2 == 0) domains.push_back(author.words(1, 1));
      if (i % 3 == 0) agents.push_back({{"id", author.hex(4)}, {"at", author.time()}});
    }
    document["history"] = {
        {"star_commands_used", commands}, {"domains_loaded_last", domains}, {"agents_activated", agents}};
    return document;
  };
  Json newer = make(28);
  Json older = newer;
  newer["last_activity"] = author.time();
  older["prompt_count"] = 20;
  for (const char* list : {"star_commands_used", "domains_loaded_last", "agents_activated"}) {
    Json& entries = older["history"][list];
    entries.erase(entries.end() - static_cast<std::ptrdiff_t>(entries.size() / 4), entries.end());
  }
  return {"synapse", "synapse", uuid, session::Format::json, dump(newer, indent), dump(older, indent)};
}

Document web_session(Author& author, int indent) {
  const auto make = [&](std::size_t count) {
    Json document;
    document["cookie"] = {
        {"originalMaxAge", 3'600'000}, {"expires", author.time()}, {"httpOnly", true}, {"path", "/"}};
    document["views"] = count;
    document["user"] = {
        {"id", author.below(10'000)}, {"name", author.words(2, 3)}, {"roles", {"admin", "editor"}}};
    Json cart = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
      cart.push_back({{"sku", author.hex(8)}, {"count", 1 + author.below(9)}, {"note", author.words(3, 12)}});
    }
    document["cart"] = cart;
    document["__lastAccess"] = author.epoch();
    return document;
  };
  Json newer = make(18);
  Json older = newer;
  older["views"] = 14;
  older["cart"].erase(older["cart"].end() - 4, older["cart"].end());
  newer["__lastAccess"] = author.epoch();
  return {"session-file-store",  "session-file-store", author.hex(32),
          session::Format::json, dump(newer, indent),  dump(older, indent)};
}

/// No layout of ours: messages in parts, nested deeper.
Document parts(Author& author, int indent, std::size_t messages) {
  Json document = {{"id", "ses_" + author.hex(12)}, {"title", author.words(3, 7)}, {"version", "1.1.4"}};
  document["time"] = {{"created", author.epoch()}, {"updated", author.epoch()}};
  document["conversation"] = Json::array();
  Json older;
  for (std::size_t i = 0; i < messages; ++i) {
    Json message = {{"id", "msg_" + author.hex(10)}, {"role", i % 2 == 0 ? "user" : "assistant"}};
    message["time"] = {{"created", author.epoch()}};
    message["parts"] = Json::array();
    for (std::size_t k = 0; k <= author.below(3); ++k) {
      if (author.chance(70)) {
        message["parts"].push_back({{"type", "text"}, {"text", author.words(2, 50)}});
      } else {
        message["parts"].push_back(
            {{"type", "tool"},
             {"tool", "bash"},
             {"state",
              {{"status", "completed"},
               {"input", {{"command", author.words(2, 6)}, {"timeout", author.below(9000)}}},
               {"output", author.words(5, 40)}}}});
      }
    }
    message["tokens"] = {
        {"input", author.below(9000)}, {"output", author.below(900)}, {"cached", author.chance(50)}};
    document["conversation"].push_back(message);
    document["time"]["updated"] = author.epoch();
    if (i == messages - 1 - messages / 5) older = document;
  }
  document["cost"] = 0.25;
  older["cost"] = 0.125;
  return {"parts", "", "ses", session::Format::json, dump(document, indent), dump(older, indent)};
}

Document transcript(Author& author, std::size_t records) {
  const std::string session = author.uuid();
  Json parent = nullptr;
  std::string text;
  std::string older;
  for (std::size_t i = 0; i < records; ++i) {
    const std::string uuid = author.uuid();
    const bool user = i % 2 == 0;
    Json record = {{"parentUuid", parent}, {"isSidechain", false}, {"type", user ? "user" : "assistant"}};
    record["sessionId"] = session;
    if (user) {
      record["message"] = {{"role", "user"}, {"content", author.words(2, 60)}};
    } else {
      Json content = Json::array({{{"type", "text"}, {"text", author.words(4, 80)}}});
      if (author.chance(40)) {
        content.push_back({{"type", "tool_use"},
                           {"id", "toolu_" + author.hex(10)},
                           {"name", "Bash"},
                           {"input", {{"command", author.words(2, 8)}}}});
      }
      record["message"] = {
          {"role", "assistant"},
          {"content", content},
          {"usage", {{"input_tokens", author.below(9000)}, {"output_tokens", author.below(999)}}}};
    }
    record["uuid"] = uuid;
    record["timestamp"] = author.time();
    parent = uuid;
    text += record.dump() + "\n";
    if (i == records - 1 - records / 5) older = text;
  }
  return {"transcript", "claude-code", session, session::Format::json_lines, text, older};
}

Document rollout(Author& author, std::size_t records) {
  std::string text = Json{{"timestamp", author.time()},
                          {"type", "session_meta"},
                          {"payload", {{"id", author.uuid()}, {"cwd", "/home/user"}}}}
                         .dump() +
                     "\n";
  std::string older;
  for (std::size_t i = 0; i < records; ++i) {
    Json record = {{"timestamp", author.time()}, {"type", i % 3 == 2 ? "event_msg" : "response_item"}};
    record["payload"] = i % 3 == 2 ? Json{{"type", "token_count"}, {"total", author.below(100'000)}}
                                   : Json{{"type", "message"},
                                          {"role", i % 3 == 0 ? "user" : "assistant"},
                                          {"content", {{{"type", "text"}, {"text", author.words(3, 70)}}}}};
    text += record.dump() + "\n";
    if (i == records - 1 - records / 5) older = text;
  }
  return {"rollout", "codex", "rollout-x", session::Format::json_lines, text, older};
}

/// The array of messages that Cline writes, one document a task.
Document conversation(Author& author, int indent, std::size_t messages) {
  Json document = Json::array();
  Json older;
  for (std::size_t i = 0; i < messages; ++i) {
    Json content = Json::array({{{"type", "text"}, {"text", author.words(1, 90)}}});
    if (i % 4 == 1) {
      content.push_back(
          {{"type", "tool_use"},
           {"id", "toolu_" + author.hex(12)},
           {"name", "write_to_file"},
           {"input", {{"path", "src/" + author.hex(4) + ".ts"}, {"content", author.words(10, 120)}}}});
    }
    document.push_back(
        {{"role", i % 2 == 0 ? "user" : "assistant"}, {"content", content}, {"ts", author.epoch()}});
    if (i == messages - 1 - messages / 5) older = document;
  }
  return {
      "conversation",     "cline", "api_conversation_history", session::Format::json, dump(document, indent),
      dump(older, indent)};
}

/// Sessions in a map by their ids, as the stores of small gateways are written.
Document index_of_sessions(Author& author, int indent, std::size_t sessions) {
  Json document = {{"version", 3}, {"sessions", Json::object()}};
  Json older;
  for (std::size_t i = 0; i < sessions; ++i) {
    document["sessions"][author.uuid()] = {
        {"title", author.words(1, 6)},
        {"updatedAt", author.epoch()},
        {"archived", author.chance(20)},
        {"tags", {author.words(1, 1), author.words(1, 1)}},
        {"usage", {{"input", author.below(9000)}, {"output", author.below(900)}}},
        {"last", author.words(2, 30)}};
    if (i == sessions - 1 - sessions / 5) older = document;
  }
  document["current"] = author.uuid();
  return {"index", "", "sessions", session::Format::json, dump(document, indent), dump(older, indent)};
}

}  // namespace

std::vector<Document> make_documents(unsigned seed, DocumentSet set) {
  if (set == DocumentSet::foreign) return make_foreign_documents(seed + 2000);
  Author author(set == DocumentSet::usual ? seed : seed + 1000);
  std::vector<Document> documents;
  const auto add = [&](Document document, std::string form) {
    document.name += '/' + form;
    documents.push_back(std::move(document));
  };
  if (set == DocumentSet::other) {
    add(miniclaw(author, 4, 12), "four spaces");
    add(miniclaw(author, 1, 160), "one space, long");
    add(conversation(author, -1, 50), "compact");
    add(conversation(author, 2, 30), "pretty");
    add(index_of_sessions(author, -1, 40), "compact");
    add(index_of_sessions(author, 2, 40), "pretty");
    add(web_session(author, 2), "pretty");
    add(parts(author, 4, 12), "four spaces");
    add(transcript(author, 12), "short");
    add(transcript(author, 150), "long");
    return documents;
  }
  add(miniclaw(author, -1, 24), "small");
  add(miniclaw(author, -1, 90), "compact");
  add(miniclaw(author, 2, 60), "pretty");
  add(synapse(author, 2), "pretty");
  add(synapse(author, -1), "compact");
  add(web_session(author, -1), "compact");
  add(parts(author, -1, 40), "compact");
  add(parts(author, 2, 40), "pretty");
  add(transcript(author, 60), "lines");
  add(rollout(author, 60), "lines");
  return documents;
}

}  // namespace quality
