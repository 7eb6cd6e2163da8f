#include "session/bytes.h"

namespace session {

Path join_path(const Path& dir, std::string_view name) {
  if (dir.empty()) return Path(name);
  if (name.empty()) return dir;
  Path path;
  path.reserve(dir.size() + 1 + name.size());
  path = dir;
  if (path.back() != '/') path += '/';
  path += name;
  return path;
}

}  // namespace session
