#pragma once
// The lines of a text, and the values in them where it parses: the document, or each record.

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

/// The lines of `text` that [from, to] lies in, `to` within it.
std::vector<ByteView> lines_at(ByteView text, std::size_t from, std::size_t to);

enum class LineMatch : std::uint8_t { whole, beginning };

/// Whether `text` has `line` more than once: as a whole line, or as the beginning of one.
bool is_repeated(ByteView line, ByteView text, LineMatch match);

/// Where `part`, a view into `text`, begins.
inline std::size_t offset_in(ByteView text, ByteView part) {
  return static_cast<std::size_t>(part.data() - text.data());
}

}  // namespace session::repair
