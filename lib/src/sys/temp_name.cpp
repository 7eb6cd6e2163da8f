#include "session/atomic_write.h"

namespace session {

Name temp_name(const Name& name, long pid, unsigned attempt) {
  Name temp = name + ".tmp." + std::to_string(pid);
  if (attempt > 0) temp += "." + std::to_string(attempt);
  return temp;
}

}  // namespace session
