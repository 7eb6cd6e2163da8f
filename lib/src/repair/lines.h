#pragma once
// The values of a text that parses: the document, or each record with the line it stands on.

#include <vector>

#include "session/bytes.h"
#include "session/layout.h"

namespace session::repair {

struct RecordText {
  std::size_t begin = 0;  ///< of its line, or of the text
  std::size_t end = 0;    ///< behind the newline
  ByteView value;         ///< a part of the text, without blanks around it
};

/// Empty lines are left out.
std::vector<RecordText> records_of(ByteView text, Format format);

/// Where `part`, a view into `text`, begins.
inline std::size_t offset_in(ByteView text, ByteView part) {
  return static_cast<std::size_t>(part.data() - text.data());
}

}  // namespace session::repair
