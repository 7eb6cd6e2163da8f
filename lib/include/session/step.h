#pragma once
// Steps: what a tool has decided to do to one name in a store, as data. A plan is a list of Steps;
// a dry run reports it, a real run gives each to execute(). Nothing else in the toolkit replaces,
// moves or removes files of a store.

#include <variant>

#include "session/atomic_write.h"
#include "session/fs.h"
#include "session/time.h"

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
  Durability durability = Durability::full;  ///< of the move; a directory made for it is always flushed
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
  /// The file of `name`, where the caller holds it open: it is read through this, and not opened again.
  const File* opened = nullptr;
};

/// Adds one record to a JSON Lines file, which is made (0600) when missing, under the lock of the file
/// itself (open_locked): one write, taken back if it comes out short or cannot be flushed. A torn last line
/// is healed first: if only its newline is missing that is added; else its bytes are moved to a sidecar
/// `X.corrupt-…` beside the file. A line that is damaged otherwise is left as it is. Earlier records are
/// never touched; a crash at any point leaves at most one torn last line, which the next append heals. Where
/// the line before a torn one is no record either, or the last line begins with a closing bracket, the file
/// is left alone (invalid_content): it is no JSON Lines file, or session-repair has work to do.
struct AppendStep {
  Name name;
  Bytes record;  ///< one JSON value without its newline, checked by the caller (bad_argument with a newline)
  Durability durability = Durability::full;
  milliseconds lock_patience{5'000};
};

using Step = std::variant<ReplaceStep, RemoveStep, MoveStep, CopyStep, AppendStep>;

}  // namespace session
