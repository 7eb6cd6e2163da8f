#pragma once
// The superuser over somebody's stores. Their content and their directories are in that user's hands: what is
// done there is done with that user's rights, so that no trick with links or names reaches further than the
// user could, and nothing is left behind that the user cannot remove.

#include <span>

#include "cli/cli11.h"
#include "cli/options.h"
#include "session/fs.h"

namespace session::cli {

enum class ActAs : std::uint8_t { owner, root };

/// Adds --as-root, which asks for ActAs::root.
void add_as_root(CLI::App& app, ActAs& act_as);

/// Takes on, for good, the rights of the user who owns `places` (files, directories, or what is to be made:
/// then the directory above that is there); nothing where this is not root, or `act_as` is root, or root owns
/// them. A problem where they belong to several users, or where the change is refused.
Result<void, UsageProblem> act_as_owner(Fs& fs, ActAs act_as, std::span<const Path> places);

}  // namespace session::cli
