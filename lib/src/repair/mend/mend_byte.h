#pragma once
// Whether a text makes more sense as it was before one byte of it went wrong than salvaged as it stands.

#include "repair/mend/byte_readings.h"
#include "repair/mend/mend.h"

namespace session::repair {

struct DamagedText {
  ByteView bytes;
  const Shapes& layout;  ///< knows what the layout says, and nothing of the text
};

/// Whether `read`, which is mended from `reading`, is to be preferred to `salvaged`, which is mended from the
/// text as it stands.
bool makes_more_sense(const ByteReading& reading, const Mended& read, const Mended& salvaged,
                      const DamagedText& text);

/// Whether no reader misses the byte: of punctuation, blanks, marks and NULs the result has what it needs,
/// and control characters are in it as escapes.
bool is_separator(char byte);

/// Whether nothing is lost but what follows a whole document, which may repeat its end.
bool is_only_longer(const Mended& mended);

}  // namespace session::repair
