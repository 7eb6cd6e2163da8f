// Agents that keep a session as several documents, in a directory or in folders by kind. None of them goes
// alone: a session without its messages, or messages without their session, is a loss its owner
// cannot explain. They are verified and repaired, and never expire here.

#include <array>

#include "store/layout_families.h"

namespace session {
namespace {

/// What the task directories have in common.
Layout task(std::string name, std::string summary, std::vector<std::string> homes) {
  Layout layout;
  layout.name = std::move(name);
  layout.summary = std::move(summary);
  layout.homes = std::move(homes);
  layout.recursive = true;
  layout.expiry = Expiry::never;
  layout.side_names = {"task_metadata.json", "taskHistory.json", "settings.json"};
  return layout;
}

// anomalyco/opencode before its database: packages/opencode/src/storage/storage.ts
Layout opencode() {
  Layout layout = task("opencode", "opencode before its database: ~/.local/share/opencode/storage/**.json",
                       {"~/.local/share/opencode/storage"});
  layout.stem_patterns = {"ses_*", "msg_*", "prt_*"};
  layout.side_directories = {"session_diff"};
  layout.id_pointer = "/id";
  layout.fields = {
      {"", k_object, k_required},
      {"/id", k_string, k_required, ValueRule::file_stem},
      {"/time", k_object},
      {"/time/created", k_number, k_optional, ValueRule::epoch},
      {"/time/updated", k_number, k_optional, ValueRule::epoch},
  };
  return layout;
}

// cline/cline: globalStorage/saoudrizwan.claude-dev/tasks, sdk/packages/shared/src/storage/paths.ts
Layout cline() {
  Layout layout =
      task("cline", "Cline tasks and sessions: tasks/{id}/*.json, ~/.cline/data/sessions",
           {"~/.cline/data/sessions", "~/.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks",
            "saoudrizwan.claude-dev/tasks/*", "saoudrizwan.claude-dev/tasks"});
  layout.side_names.emplace_back("sessions.index.json");
  return layout;
}

// RooCodeInc/Roo-Code: src/utils/safeWriteJson.ts, src/core/task-persistence
Layout roo_code() {
  Layout layout = task("roo-code", "Roo Code tasks: globalStorage/.../tasks/{id}/*.json",
                       {"~/.config/Code/User/globalStorage/rooveterinaryinc.roo-cline/tasks",
                        "rooveterinaryinc.roo-cline/tasks/*", "rooveterinaryinc.roo-cline/tasks"});
  layout.stem_patterns = {"api_conversation_history", "ui_messages", "history_item"};
  layout.side_names.emplace_back("_index.json");
  return layout;
}

// continuedev/continue: core/util/history.ts. A session holds no time at all; the index beside it does.
Layout continue_dev() {
  Layout layout =
      task("continue", "Continue sessions: ~/.continue/sessions/{id}.json", {"~/.continue/sessions"});
  layout.recursive = false;
  layout.side_names = {"sessions.json"};
  layout.id_pointer = "/sessionId";
  layout.fields = {
      {"", k_object, k_required},        {"/sessionId", k_string, k_required, ValueRule::file_stem},
      {"/history", k_array, k_required}, {"/title", k_string},
      {"/workspaceDirectory", k_string},
  };
  return layout;
}

}  // namespace

std::span<const MakeLayout> task_layouts() {
  static constexpr std::array k_all = {opencode, cline, roo_code, continue_dev};
  return k_all;
}

}  // namespace session
