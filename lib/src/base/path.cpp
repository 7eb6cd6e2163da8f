#include "session/path.h"

#include <algorithm>

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

SplitPath split_path(const Path& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == Path::npos) return {Path(), path};
  return {path.substr(0, std::max<std::size_t>(slash, 1)), path.substr(slash + 1)};
}

}  // namespace session
