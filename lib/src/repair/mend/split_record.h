#pragma once
// A record of JSON Lines that was broken over lines: what each of the line breaks in it was.

#include <optional>
#include <vector>

#include "repair/salvage/pieces.h"
#include "session/bytes.h"

namespace session::repair {

struct LineBreak {
  enum class Was : std::uint8_t {
    blank,  ///< it stands between tokens
    split,  ///< it parted a token, and is no part of it
    text    ///< its writer forgot to escape it
  };
  std::size_t at = 0;  ///< of the line feed
  Was was = Was::blank;
};

struct SplitRecord {
  std::size_t end = 0;  ///< behind the record
  std::vector<LineBreak> breaks;
  bool is_found_out = false;  ///< what one of them was is told by the words beside it, or by nothing
};

/// The record at `begin` that is whole without the line breaks in it, at least one, and ends before `limit`,
/// as the last of its line. nullopt where there is none. A break in a string parted it if it stands in an
/// escape, a character or a key, if it is the only one in its string and makes two of a word that stands
/// nearby, or the string has no blanks; not where both halves are words that stand nearby. `look_around` is
/// how many bytes may still be looked through for words, in all records of a file.
std::optional<SplitRecord> read_split_record(ByteView bytes, std::size_t begin, std::size_t limit,
                                             std::size_t& look_around);

/// The record without its line breaks and the carriage returns before those; where they are text, with them
/// escaped.
Pieces without_breaks(ByteView bytes, std::size_t begin, const SplitRecord& record);

}  // namespace session::repair
