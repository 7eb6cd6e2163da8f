#pragma once
// Byte-level reading of damaged JSON text. Tolerant where the strict scanner of lib/src/json stops: these
// functions never judge, they say how far something reaches.
//
// What does not belong here: any notion of containers or of what to keep (document.h).

#include <cstddef>

#include "json/byte_search.h"
#include "session/bytes.h"

namespace session::repair {

/// A run of at least this many NUL bytes is a hole: what stood there is gone. Fewer are bytes gone bad.
inline constexpr std::size_t k_hole_bytes = 8;
inline constexpr ByteView k_hole("\0\0\0\0\0\0\0\0", k_hole_bytes);

/// What stands before the values that are parts of another. A document or record that was glued to what is
/// before it has none of these there.
inline constexpr ByteView k_before_values = ",:[";

using json::is_blank;
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
/// Whether `c` may stand within a word or name.
inline bool is_of_word(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '_' || c == '-' || (c & 0x80) != 0;
}

/// What closes the container that `open` opens.
inline char closer_of(char open) { return open == '{' ? '}' : ']'; }
/// The first byte at or after `at` that is not a blank; `end` if there is none.
std::size_t skip_blanks(ByteView bytes, std::size_t at, std::size_t end);
/// Behind the last byte before `at` and not before `begin` that is not a blank; `begin` if there is none.
std::size_t back_over_blanks(ByteView bytes, std::size_t begin, std::size_t at);
/// The last byte before `at` and not before `begin` that is not a blank; '\0' if there is none.
char before_blanks(ByteView bytes, std::size_t begin, std::size_t at);
/// The end of the run of NUL bytes at `at`.
std::size_t skip_nuls(ByteView bytes, std::size_t at, std::size_t end);
/// The first byte at or after `at` that is neither; `end` if there is none.
std::size_t skip_blanks_and_nuls(ByteView bytes, std::size_t at, std::size_t end);

enum class StringEnd : unsigned char {
  closed,  ///< at a quote
  hole,    ///< at a run of NUL bytes
  input    ///< where the input ends
};

struct StringToken {
  std::size_t end = 0;  ///< behind the closing quote; else where the text stops
  StringEnd how = StringEnd::input;
  bool flawed = false;  ///< has control characters or escapes that a JSON string must not have
};

/// Reads the string whose opening quote stands at `open`.
StringToken read_string(ByteView bytes, std::size_t open, std::size_t end);

/// The next quote at or after `at` that no backslash escapes; `end` if there is none before a hole
/// or the end.
std::size_t find_quote(ByteView bytes, std::size_t at, std::size_t end);

/// The key, quotes included, of the member whose value begins at `value`; empty if that is none.
ByteView key_before(ByteView bytes, std::size_t value);
/// A key without its quotes.
inline ByteView unquoted(ByteView key) { return key.empty() ? key : key.substr(1, key.size() - 2); }

/// The length of the well-formed escape sequence at `at` (a backslash), surrogates apart; 0 if it is
/// malformed or cut.
std::size_t escape_length(ByteView bytes, std::size_t at, std::size_t end);
/// The code unit of the \uXXXX at `at`; -1 if there is none.
int escaped_unit(ByteView bytes, std::size_t at, std::size_t end);

/// The end of the number or literal at `at`, or `at` itself if what stands there is neither.
std::size_t read_number(ByteView bytes, std::size_t at, std::size_t end);
std::size_t read_literal(ByteView bytes, std::size_t at, std::size_t end);
/// Whether nothing but one whole string, number or literal stands in [begin, end), which begins with it.
bool is_scalar(ByteView bytes, std::size_t begin, std::size_t end);

}  // namespace session::repair
