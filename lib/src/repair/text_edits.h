#pragma once
// Edits of a text that is whole: what goes, and what comes in its place. Passes that know nothing of each
// other collect theirs in one list.

#include <cstdint>
#include <string>
#include <vector>

#include "session/bytes.h"
#include "session/repair.h"

namespace session::repair {

struct TextEdit {
  std::size_t at = 0;
  std::size_t removed = 0;
  std::string inserted = {};
  Kind because = Kind::bad_syntax;
  bool lost = true;  ///< false: what goes stands elsewhere, or separates values
};

struct EditedText {
  Bytes content;
  std::vector<DroppedRange> dropped;
  std::uint64_t bytes_inserted = 0;
};

/// `text` with `edits`, in any order. An edit inside what another removes is void; others do not overlap.
EditedText apply_edits(ByteView text, std::vector<TextEdit> edits);

}  // namespace session::repair
