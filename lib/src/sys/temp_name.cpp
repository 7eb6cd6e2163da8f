#include "base/short_name.h"
#include "session/atomic_write.h"

namespace session {

Name temp_name(const Name& name, long pid, unsigned attempt) {
  std::string suffix = ".tmp." + std::to_string(pid);
  if (attempt > 0) suffix += "." + std::to_string(attempt);
  return with_suffix(name, suffix);
}

}  // namespace session
