// Synapse, of the AIOX framework (SynkraAI/aios-core: .aiox-core/core/synapse/session/session-manager.js,
// core/session/context-detector.js), and the single files its hooks keep beside the sessions.

#include <array>

#include "store/layout_families.h"

namespace session {
namespace {

constexpr TypeSet k_string_or_null = k_string | k_null;
constexpr TypeSet k_reference = k_object | k_string | k_null;

Layout synapse() {
  Layout layout;
  layout.name = "synapse";
  layout.summary = "Synapse sessions: .synapse/sessions/{uuid}.json";
  layout.homes = {".synapse/sessions"};
  layout.id_pointer = "/uuid";
  layout.activity_pointers = {"/last_activity"};
  // The names that the session manager always writes are required; what an older or a newer schema may lack
  // is typed where it stands.
  layout.fields = {
      {"/uuid", k_string, k_required, ValueRule::file_stem},
      {"/schema_version", k_string, k_required, ValueRule::equals, {"2.0"}},
      {"/started", k_string, k_required, ValueRule::date_time},
      {"/last_activity", k_string, k_required, ValueRule::date_time},
      {"/cwd", k_string},
      {"/label", k_string},
      {"/title", k_string_or_null},
      {"/prompt_count", k_integer, k_optional, ValueRule::non_negative},
      {"/active_agent", k_object},
      {"/active_agent/id", k_string_or_null},
      {"/active_agent/activated_at", k_string_or_null},
      {"/active_agent/activation_quality", k_string_or_null},
      {"/active_workflow", k_reference},
      {"/active_squad", k_reference},
      {"/active_task", k_reference},
      {"/context", k_object},
      {"/context/last_bracket", k_string},
      {"/context/last_tokens_used", k_number},
      {"/context/last_context_percent", k_number},
      {"/overrides", k_object},
      {"/history", k_object},
      {"/history/star_commands_used", k_array},
      {"/history/domains_loaded_last", k_array},
      {"/history/agents_activated", k_array},
  };
  return layout;
}

Layout session_state() {
  Layout layout;
  layout.name = "session-state";
  layout.summary = "the session state of AIOX: .aiox/session-state.json, .aios/session-state.json";
  layout.homes = {".aiox", ".aios"};
  layout.single_file = "session-state.json";
  layout.id_pointer = "/sessionId";
  layout.activity_pointers = {"/lastActivity"};
  layout.fields = {
      {"/sessionId", k_string, k_required},
      {"/startTime", k_number, k_required, ValueRule::epoch},
      {"/lastActivity", k_number, k_required, ValueRule::epoch},
      {"/workflowActive"},
      {"/workflowState"},
      {"/lastCommands", k_array},
      {"/agentSequence", k_array},
      {"/taskHistory", k_array},
      {"/currentStory"},
  };
  return layout;
}

Layout agent_bridge() {
  Layout layout;
  layout.name = "agent-bridge";
  layout.summary = "the active agent of Synapse: .synapse/sessions/_active-agent.json";
  layout.homes = {".synapse/sessions"};
  layout.single_file = "_active-agent.json";
  layout.expiry = Expiry::never;
  layout.fields = {
      {"/id", k_string_or_null, k_required},
      {"/activated_at", k_string_or_null, k_required, ValueRule::date_time},
      {"/activation_quality", k_string_or_null},
      {"/source", k_string_or_null},
  };
  return layout;
}

Layout metrics() {
  Layout layout;
  layout.name = "metrics";
  layout.summary = "the activation metrics of Synapse: .synapse/metrics/uap-metrics.json";
  layout.homes = {".synapse/metrics"};
  layout.single_file = "uap-metrics.json";
  layout.expiry = Expiry::never;
  layout.fields = {
      {"/agentId", k_string, k_required},
      {"/quality", k_string},
      {"/totalDuration", k_number, k_optional, ValueRule::non_negative},
      {"/requireChainMs", k_number, k_optional, ValueRule::non_negative},
      {"/loaders", k_object},
      {"/loaders/*/duration", k_number, k_optional, ValueRule::non_negative},
      {"/loaders/*/status", k_string},
      {"/timestamp", k_string, k_required, ValueRule::date_time},
  };
  return layout;
}

}  // namespace

std::span<const MakeLayout> synapse_layouts() {
  static constexpr std::array k_all = {synapse, session_state, agent_bridge, metrics};
  return k_all;
}

}  // namespace session
