#pragma once
// One byte that went wrong: every change of a single byte that makes one whole document of a broken text.
//
// What does not belong here: which of them is believed (byte_readings.h).

#include <cstddef>
#include <cstdint>
#include <vector>

#include "session/bytes.h"

namespace session::repair {

struct ByteChange {
  enum class How : std::uint8_t {
    removed,   ///< the byte is one too many
    replaced,  ///< another stood in its place
    inserted   ///< one is missing before it
  };
  How how = How::removed;
  std::size_t at = 0;
  char byte = '\0';  ///< the one that comes
  /// It stands for a byte of a string, number or literal of which nobody knows what it was; or the place lies
  /// within one.
  bool in_scalar = false;
  bool in_string = false;  ///< the place lies in a string; a quote there ends it
};

struct ByteChanges {
  std::vector<ByteChange> all;  ///< those of one kind ascending; empty where there is none, or too many
  std::size_t broken_at = 0;    ///< where the grammar cannot go on
};

/// Those of a text that breaks before its end: none of one that is whole, or only cut. Its escapes and UTF-8
/// are not looked into.
ByteChanges find_byte_changes(ByteView text);

}  // namespace session::repair
