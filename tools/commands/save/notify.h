#pragma once
// Word to the service manager that started this process: the notify protocol of systemd (sd_notify(3)).

#include <string_view>

namespace session::commands {

/// Sends `state`, such as "READY=1", to the socket named in $NOTIFY_SOCKET; nothing where there is none, as
/// everywhere outside of a service of Type=notify. A manager that cannot be reached is told of in the log.
void notify_service_manager(std::string_view state);

}  // namespace session::commands
