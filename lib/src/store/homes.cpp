#include "session/homes.h"

#include <fnmatch.h>

#include <algorithm>

#include "session/scan.h"

namespace session {
namespace {

constexpr std::string_view k_wildcards = "*?[";

bool is_pattern(std::string_view text) { return text.find_first_of(k_wildcards) != std::string_view::npos; }

struct Origin {
  Path base;
  std::string_view below;
};

std::optional<Origin> origin_of(std::string_view home, const Path& project, const std::optional<Path>& user) {
  if (!home.starts_with("~/")) return Origin{project, home};
  if (!user || user->empty()) return std::nullopt;
  return Origin{*user, home.substr(2)};
}

/// The subdirectories of `dir` whose names match; one that begins with a dot only where the pattern does.
std::vector<Path> matching(Fs& fs, const Path& dir, const std::string& pattern) {
  std::vector<Path> found;
  const Visit visit = [&](const std::shared_ptr<const Dir>&, const std::vector<ScanItem>& items) {
    for (const ScanItem& item : items) {
      if (item.error || item.type != FileType::directory) continue;
      if (fnmatch(pattern.c_str(), item.name.c_str(), FNM_PERIOD) == 0)
        found.push_back(join_path(dir, item.name));
    }
    return true;
  };
  if (!scan(fs, dir, {}, visit)) found.clear();
  return found;
}

std::vector<Path> expand(Fs& fs, const Origin& origin) {
  std::vector<Path> found{origin.base};
  for (std::string_view rest = origin.below; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string component(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    std::vector<Path> next;
    for (const Path& dir : found) {
      if (!is_pattern(component)) {
        next.push_back(join_path(dir, component));
      } else {
        std::ranges::move(matching(fs, dir, component), std::back_inserter(next));
      }
    }
    found = std::move(next);
  }
  std::erase_if(found, [&](const Path& dir) { return !fs.open_dir(dir, FollowLinks::yes); });
  return found;
}

}  // namespace

std::vector<Path> find_homes(Fs& fs, const Layout& layout, const Path& project,
                             const std::optional<Path>& user) {
  for (const std::string& home : layout.homes) {
    const std::optional<Origin> origin = origin_of(home, project, user);
    if (origin && !is_pattern(home)) return {join_path(origin->base, origin->below)};
  }
  for (const std::string& home : layout.homes) {
    if (const std::optional<Origin> origin = origin_of(home, project, user)) return expand(fs, *origin);
  }
  return {};
}

}  // namespace session
