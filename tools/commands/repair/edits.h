#pragma once
// Edits: what a repair changes in the text, place by place, for people to read: as the hunks of a diff, and
// in the report page.

#include <string>
#include <vector>

#include "cli/report.h"
#include "session/repair.h"

namespace session::commands {

struct RepairEdit {
  std::uint64_t offset = 0;   ///< in the original
  std::uint64_t line = 1;     ///< of the original, from 1
  std::uint64_t removed = 0;  ///< bytes of the original
  std::uint64_t result = 0;   ///< offset in the result
  std::string inserted;
  Kind because = Kind::bad_syntax;  ///< of what was removed; says nothing where nothing was
};

/// What makes the content of `plan` out of `original`, ascending; a single edit of everything where the
/// content is not made of the original's bytes.
std::vector<RepairEdit> edits_of(ByteView original, const RepairPlan& plan);

/// One side of an edit with a little of what stands around it, escaped for display; long middles are left
/// out.
struct EditText {
  std::string before;
  std::string after;
};
EditText text_of(const RepairEdit& edit, ByteView original, ByteView content);

/// The edits as a unified diff would show them, bytes instead of lines.
std::string diff_text(const cli::Reporter& report, std::string_view path, ByteView original,
                      const RepairPlan& plan);

}  // namespace session::commands
