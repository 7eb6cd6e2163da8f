#pragma once
// The fast way through the inside of long strings: blocks of 64 bytes, escapes included, with the widest
// instructions the processor has.

namespace session::json {

struct StringRun {
  const char* end;  ///< the first byte that is not passed; never the second of an escape
  bool escaped;     ///< an escape was passed, or begun where it stopped
};

/// Passes over string content from `p` on, which must not stand behind a backslash that escapes it, while
/// whole blocks are left: plain bytes, escapes of one letter and those \u that mean a character by
/// themselves. Stops at a quote that ends the string, a control character, half a surrogate pair, a wrong
/// escape or one that `end` cuts, or where less than a block is left.
StringRun pass_string_blocks(const char* p, const char* end);

}  // namespace session::json
