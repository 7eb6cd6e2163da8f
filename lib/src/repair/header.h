#pragma once
// The header of a session: the first record, or the fields at the top of a document, made again where they
// were lost, of what name and content still say.

#include "repair/salvage/lines.h"
#include "repair/text_edits.h"

namespace session::repair {

struct HeaderFix {
  std::vector<TextEdit> edits;
  std::vector<RebuiltField> rebuilt;
  /// Fields that are missing and that nothing tells: with any of them there are no edits.
  std::vector<std::string> untold;
};

/// Of `text`, which parses. An id comes from `file_stem`, a time from the earliest or latest that the session
/// still names, a constant from the layout, any other field only from records that agree on it.
HeaderFix rebuild_header(ByteView text, Format format, const Layout& layout, std::string_view file_stem);

}  // namespace session::repair
