// Session stores of web servers: session-file-store for Express (valery-barysok/session-file-store,
// lib/session-file-helpers.js). A cookie without maxAge lives as long as the store says.

#include "store/layout_families.h"

namespace session {

std::vector<Layout> web_session_layouts() {
  Layout layout;
  layout.name = "session-file-store";
  layout.summary = "Express sessions of session-file-store: sessions/{sid}.json";
  layout.homes = {"sessions"};
  layout.activity_pointers = {"/__lastAccess"};
  layout.ttl_pointer = "/cookie/originalMaxAge";
  // The last key of every file. Without it the store takes the session for one that never expires, and loads
  // it.
  layout.fields = {
      {"/cookie", k_object, Presence::required},
      {"/cookie/originalMaxAge", k_number | k_null},
      {"/__lastAccess", k_number, Presence::optional, ValueRule::epoch},
  };
  return {layout};
}

}  // namespace session
