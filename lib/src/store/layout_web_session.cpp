// Session stores of web servers: session-file-store for Express (valery-barysok/session-file-store,
// lib/session-file-helpers.js). A cookie without maxAge lives as long as the store says.

#include <array>

#include "store/layout_families.h"

namespace session {
namespace {

Layout session_file_store() {
  Layout layout;
  layout.name = "session-file-store";
  layout.summary = "Express sessions of session-file-store: sessions/{sid}.json";
  layout.homes = {"sessions"};
  layout.activity_pointers = {"/__lastAccess"};
  layout.ttl_pointer = "/cookie/originalMaxAge";
  // The last key of every file. Without it the store takes the session for one that never expires, and loads
  // it.
  layout.fields = {
      {"/cookie", k_object, k_required},
      {"/cookie/originalMaxAge", k_number | k_null},
      {"/__lastAccess", k_number, k_optional, ValueRule::epoch},
  };
  return layout;
}

}  // namespace

std::span<const MakeLayout> web_session_layouts() {
  static constexpr std::array k_all = {session_file_store};
  return k_all;
}

}  // namespace session
