#include "session/config.h"

namespace session {

Config default_config() {
  using std::chrono::hours;
  using std::chrono::seconds;
  Config config;
  config.defaults.ttl = hours{168};
  config.trash_ttl = hours{720};
  config.repaired_grace = hours{24};
  config.temp_grace = hours{1};
  config.interval = seconds{30};
  config.shutdown_timeout = seconds{10};
  config.lock_timeout = seconds{10};
  return config;
}

}  // namespace session
