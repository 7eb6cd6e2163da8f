#include "store/link_place.h"

#include <utility>

namespace session {

Result<std::optional<Place>> place_of_link(Fs& fs, const Dir& dir, const Name& name) {
  const Result<Stat> standing = fs.stat(dir, name);
  if (!standing && standing.error().code != Errc::not_found) return Unexpected{standing.error()};
  if (!standing || standing->type != FileType::symlink) return std::optional<Place>();
  Result<Place> place = open_parent_resolved(fs, join_path(dir.path(), name));
  if (!place) return Unexpected{std::move(place).error()};
  return std::optional(std::move(*place));
}

}  // namespace session
