#pragma once
// What each entry of a directory is judged as: a session of a layout, plain JSON, something that lies around
// a session, or nothing of ours.

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "session/fs.h"
#include "session/inspect.h"
#include "session/names.h"

namespace session::commands {

/// A directory that is looked through, and what is known of it. Shared by the tasks of its entries.
struct VerifyPlace {
  std::shared_ptr<const Dir> dir;
  /// Those that sessions in it may have, in the order of precedence; empty: none is known.
  std::vector<const Layout*> layouts;
  /// Whether it is a store (named as one, or in a layout's home), not some tree of files.
  bool is_store = false;
};

enum class Named : bool { no, yes };

/// nullopt: the name does not say.
std::optional<Format> format_of_extension(std::string_view name);

/// What the file `name` in `place` is to be judged as; nullopt: not at all. A file that the user named is
/// always judged, of others those that are sessions by name or JSON by extension.
std::optional<Subject> subject_of(const VerifyPlace& place, std::string_view name, Named named);

/// What the artifact `name` in `place` tells, if anything: a temporary or claim whose writer is gone, a lock
/// whose holder is gone, what a repair has left. `temp_grace` is how old a temporary must be that does
/// not say whose it is.
std::optional<Finding> judge_artifact(Fs& fs, const VerifyPlace& place, const Name& name,
                                      const Artifact& artifact, milliseconds temp_grace);

/// The session that the temporary `artifact` in `place` was to become, where the grammar of names tells it
/// and no such session is there: then the temporary is all there is of it.
std::optional<Name> missing_session_of(Fs& fs, const VerifyPlace& place, const Artifact& artifact);

/// Whether an artifact of that name belongs to something of ours: any in a store; elsewhere only those of
/// files that are JSON by extension, because `.tmp`, `.bak` and `.lock` are everybody's.
bool concerns_us(const VerifyPlace& place, const Artifact& artifact);

}  // namespace session::commands
