#pragma once
// Evidence: what speaks for each layout in a directory nobody has told anything of. For a person who asks
// what a directory is; what tools do with a store rests on layout_of_path(), detect.h and what the user says.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "session/fs.h"
#include "session/layout.h"

namespace session {

enum class Confidence : std::uint8_t { low, medium, high };
/// "low", "medium", "high".
std::string_view name_of(Confidence confidence);

struct LayoutEvidence {
  const Layout* layout = nullptr;
  Confidence confidence = Confidence::low;
  bool place = false;           ///< a file of it stands in one of the layout's homes
  bool telling_names = false;   ///< the layout has names of its own, so that they tell something
  std::uint64_t named = 0;      ///< files that are its sessions by name
  std::uint64_t looked_at = 0;  ///< of those: read, and valid as far as read
  std::uint64_t fitting = 0;    ///< of those: with nothing in them that the layout forbids
  std::uint64_t fields = 0;     ///< the top-level fields that the layout knows by name
  std::uint64_t found = 0;      ///< how many of them some fitting file has
  /// Another layout has as much for it: their records look alike, and nothing else tells them apart.
  bool ambiguous = false;
};

struct Detection {
  std::uint64_t files = 0;  ///< regular files seen, artifacts and dot names left out
  bool all_seen = true;     ///< false: there are more than are looked through
  /// Those that something speaks for and nothing against, the likeliest first.
  std::vector<LayoutEvidence> candidates;
};

/// Looks through a bounded number of the files below the directory `path`, and into some of them; or into
/// the one file `path`. `absolute` is the same path from the root, as the homes of layouts are compared
/// with. Error: the path cannot be opened or listed; a file that cannot be read tells nothing.
Result<Detection> detect_by_evidence(Fs& fs, const Path& path, const Path& absolute,
                                     std::span<const Layout> custom);

}  // namespace session
