#pragma once
// Keeping what a repair takes away: the copy of the original, the sidecar, the quarantine. Always under a
// name of its own, never over an existing file.

#include "commands/repair/neighbours.h"
#include "session/execute.h"

namespace session::commands {

class Keeper {
 public:
  Keeper(Fs& fs, Durability durability) : fs_(fs), durability_(durability) {}

  /// The name of a copy of `original`, which is `name` as it was judged, open as `file`. A copy made by a run
  /// that was stopped before it replaced anything (`earlier`) is used again.
  Result<Name> copy(const Dir& dir, const Name& name, const File& file, const FileId& judged,
                    ByteView original, const std::vector<Name>& earlier);
  /// Begins a copy before it is known whether it is wanted. Where that fails copy() is what tells why.
  Result<StepAhead> begin_copy(const Dir& dir, const Name& name, const File& file, const FileId& judged);
  /// Removes those of `unfinished`, copies of a run that died over them, that hold nothing but a beginning of
  /// `original`, and tells which. One that holds all of it stays, as does one that holds anything else.
  std::vector<Name> remove_unfinished(const Dir& dir, const std::vector<Name>& unfinished, ByteView original);
  Result<Name> quarantine(const Dir& dir, const Name& name, const FileId& judged);
  Result<Name> write_sidecar(const Dir& dir, const Name& name, Bytes bytes);

 private:
  Fs& fs_;
  Durability durability_;
};

}  // namespace session::commands
