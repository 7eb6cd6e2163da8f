#include "session/atomic_write.h"

namespace session {

// A name too long for its temporary is refused by the system: what shortens it needs the hash of a library
// that is not built for Windows.
Name temp_name(const Name& name, long pid, unsigned attempt) {
  Name temporary = name + ".tmp." + std::to_string(pid);
  if (attempt != 0) temporary += "." + std::to_string(attempt);
  return temporary;
}

}  // namespace session
