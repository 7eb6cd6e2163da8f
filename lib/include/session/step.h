#pragma once
// Steps: what a tool has decided to do to one name in a store, as data. A plan is a list of Steps;
// a dry run reports it, a real run gives each to execute(). Nothing else in the toolkit replaces,
// moves or removes bytes.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "session/atomic_write.h"
#include "session/fs.h"

namespace session {

/// Writes `content` as `name`: session-save, session-repair.
struct ReplaceStep {
  Name name;
  SharedBytes content;
  WriteOptions options = {};
};

/// Removes the very file that was judged: session-clean.
struct RemoveStep {
  Name name;
  FileId judged;
};

/// Moves the very file that was judged to `to_name` in `to_dir` ("" = the same directory; else a path,
/// absolute or relative to the directory of the step, made when missing), never over an existing name
/// (Errc::exists): quarantine, trash, restore.
struct MoveStep {
  Name name;
  FileId judged;
  Path to_dir;
  Name to_name;
  Durability durability = Durability::full;
};

/// Makes a real copy of the very file that was judged under a new name (never a hard link: a later
/// append or truncation of the original must not reach the copy), with its owner and mode, durable before
/// it returns. Errc::exists if the name is taken; Errc::changed if the original is, or becomes meanwhile,
/// another than was judged.
struct CopyStep {
  Name name;
  FileId judged;
  Name to_name;
  Durability durability = Durability::full;
};

using Step = std::variant<ReplaceStep, RemoveStep, MoveStep, CopyStep>;

}  // namespace session
