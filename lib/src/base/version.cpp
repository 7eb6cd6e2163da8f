#include "session/version.h"

namespace session {

std::string_view version() { return SESSION_VERSION; }

}  // namespace session
