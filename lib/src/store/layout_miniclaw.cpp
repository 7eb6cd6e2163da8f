// MiniClaw (mattdef/miniclaw: src/session/{persistence,cleanup}.rs). Its reader is a strict
// deserialiser: one required field missing anywhere or of another type, a time without its zone, a known key
// twice, and the whole file is put aside as `.json.corrupted`.

#include <array>

#include "store/layout_families.h"

namespace session {
namespace {

Layout miniclaw() {
  Layout layout;
  layout.name = "miniclaw";
  layout.summary = "MiniClaw sessions: ~/.miniclaw/workspace/sessions/{channel}_{chat_id}.json";
  layout.homes = {"~/.miniclaw/workspace/sessions"};
  layout.id_pointer = "/session_id";
  layout.activity_pointers = {"/last_accessed"};
  layout.reading = Reading::strict;
  layout.fields = {
      {"/session_id", k_string, k_required, ValueRule::file_stem},
      {"/channel", k_string, k_required},
      {"/chat_id", k_string, k_required},
      {"/created_at", k_string, k_required, ValueRule::rfc3339},
      {"/last_accessed", k_string, k_required, ValueRule::rfc3339},
      {"/messages", k_array, k_required},
      {"/messages/*", k_object},
      {"/messages/*/role",
       k_string,
       k_required,
       ValueRule::one_of,
       {"user", "assistant", "tool_result", "system"}},
      {"/messages/*/content", k_string, k_required},
      {"/messages/*/timestamp", k_string, k_required, ValueRule::rfc3339},
      {"/messages/*/tool_calls", k_array | k_null, k_optional},
      {"/messages/*/tool_calls/*", k_object},
      {"/messages/*/tool_calls/*/id", k_string, k_required},
      {"/messages/*/tool_calls/*/name", k_string, k_required},
      {"/messages/*/tool_calls/*/arguments", k_string, k_required},
      {"/messages/*/tool_call_id", k_string | k_null, k_optional},
  };
  layout.links.calls = {{"/messages/*/tool_calls/*", "", "", "id"}};
  layout.links.results = {{"/messages/*", "role", "tool_result", "tool_call_id"}};
  layout.empty_session = R"({"session_id":"{id}","channel":"{id_head}","chat_id":"{id_tail}",)"
                         R"("created_at":"{now}","last_accessed":"{now}","messages":[]})";
  return layout;
}

}  // namespace

std::span<const MakeLayout> miniclaw_layouts() {
  static constexpr std::array k_all = {miniclaw};
  return k_all;
}

}  // namespace session
