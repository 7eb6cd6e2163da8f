#pragma once
// Whole sessions of the layouts that the tests of the tools use most.

#include <string>

namespace session::test {

/// A Synapse session with every field; `more` goes behind its last member, beginning with a comma.
inline std::string synapse_session(const std::string& id,
                                   const std::string& last_activity = "2026-01-01T00:00:00.000Z",
                                   const std::string& more = {}) {
  return R"({"uuid":")" + id +
         R"(","schema_version":"2.0","started":"2025-12-01T00:00:00.000Z","last_activity":")" +
         last_activity +
         R"(","cwd":"/p","label":"l","title":null,"prompt_count":1,)"
         R"("active_agent":{"id":null,"activated_at":null,"activation_quality":null},"active_workflow":null,)"
         R"("active_squad":null,"active_task":null,)"
         R"("context":{"last_bracket":"FRESH","last_tokens_used":0,"last_context_percent":100},"overrides":{},)"
         R"("history":{"star_commands_used":[],"domains_loaded_last":[],"agents_activated":[]})" +
         more + "}\n";
}

/// The session telegram_{chat} of MiniClaw; `messages` is the inside of the array.
inline std::string miniclaw_session(const std::string& chat, const std::string& messages = "",
                                    const std::string& last_accessed = "2026-01-01T00:00:00Z") {
  return R"({"session_id":"telegram_)" + chat + R"(","channel":"telegram","chat_id":")" + chat +
         R"(","created_at":"2025-12-01T00:00:00Z","last_accessed":")" + last_accessed + R"(","messages":[)" +
         messages + "]}";
}

}  // namespace session::test
