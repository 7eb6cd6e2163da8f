#pragma once
// What an error says of its circumstances, where there is more than one thing to say.

#include <string_view>

#include "session/error.h"

namespace session {

/// Puts `words` behind what Error::detail says already.
inline void add_detail(Error& error, std::string_view words) {
  if (!error.detail.empty()) error.detail += "; ";
  error.detail += words;
}

}  // namespace session
