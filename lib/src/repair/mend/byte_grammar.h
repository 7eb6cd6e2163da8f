#pragma once
// The grammar of JSON as a table of states and bytes: what each byte makes of each state. The scanner of
// lib/src/json reads from the beginning to the end; this table is for who must know from which states the
// rest of a text is right, and reads it backwards.
//
// What does not belong here: the containers that are open; the table says which bracket a byte needs or adds.
// Escapes \uXXXX and UTF-8 are not looked into: what comes of a text is judged by others.

#include <array>
#include <cstddef>
#include <cstdint>

namespace session::repair {

enum class ByteState : std::uint8_t {
  wrong,
  first_value,  ///< of an array, or its end
  value,
  first_key,  ///< or the end of the object
  key,
  colon,
  after_value,
  key_text,  ///< in a key
  key_escape,
  text,  ///< in any other string
  text_escape,
  minus,
  zero,
  integer,
  point,
  fraction,
  exponent,
  exponent_sign,
  exponent_digits,
  t,
  tr,
  tru,
  f,
  fa,
  fal,
  fals,
  n,
  nu,
  nul
};
inline constexpr std::size_t k_byte_states = static_cast<std::size_t>(ByteState::nul) + 1;

/// What a byte does to the containers that are open.
enum class Nesting : std::uint8_t {
  none,
  opens_object,
  opens_array,
  closes_object,
  closes_array,
  separates  ///< a key follows in an object, a value in an array
};

struct ByteStep {
  ByteState to = ByteState::wrong;
  Nesting nesting = Nesting::none;
};

using ByteGrammar = std::array<std::array<ByteStep, 256>, k_byte_states>;
extern const ByteGrammar k_byte_grammar;

inline ByteStep step_of(ByteState state, char byte) {
  return k_byte_grammar[static_cast<std::size_t>(state)][static_cast<unsigned char>(byte)];
}

/// Whether the state is one within a string, a number or a literal.
inline bool is_within_scalar(ByteState state) { return state >= ByteState::key_text; }
inline bool is_within_string(ByteState state) {
  return state >= ByteState::key_text && state <= ByteState::text_escape;
}

}  // namespace session::repair
