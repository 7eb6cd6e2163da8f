#pragma once
// Session ids: what may become a file name in a store.

#include <string_view>

#include "session/error.h"

namespace session {

/// Longest file name we create: NAME_MAX of every file system in use, less room for the suffixes
/// of our own temporaries, backups and sidecars (".json", then ".bak-<UTC>-<pid>-<n>" at worst).
inline constexpr std::size_t k_max_id_bytes = 200;

/// Ok if `id` is safe as the stem of a session's file name on every platform we serve: 1 to
/// k_max_id_bytes bytes; no '/', '\\', NUL, control character, none of `<>:"|?*`; no leading dot,
/// no trailing dot or space; not "..", and not a name Windows reserves (CON, PRN, AUX, NUL,
/// COM0-9, LPT0-9, with or without an extension). Otherwise Errc::bad_argument whose detail names
/// the rule that was broken.
Result<void> check_session_id(std::string_view id);

}  // namespace session
