#pragma once
// The parts of a JSON value as they stand in its text: which bytes are the members of an object or the
// elements of an array. For changing, taking out or putting together values without rewriting a byte of
// them: 20-digit integers, 1e400, key order, blanks and escapes stay what they are. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/bytes.h"
#include "session/error.h"

namespace session {

enum class ValueType : std::uint8_t { object, array, string, number, boolean, null };

/// A member of an object or an element of an array. The views are parts of the text that was given.
struct Member {
  std::string key;    ///< escapes resolved; empty in arrays
  ByteView key_text;  ///< with quotes and escapes, as it stands; empty in arrays
  ByteView value;     ///< without the blanks around it
  ValueType type = ValueType::null;
};

struct Outline {
  ValueType type = ValueType::null;
  ByteView value;               ///< the whole, without the blanks around it
  std::vector<Member> members;  ///< of an object or array, in order, duplicates included
};

/// The outline of the one value in `text`; its nested values are not looked into beyond their syntax.
/// invalid_content if `text` is not one valid JSON value; UTF-8 is not judged.
Result<Outline> outline_of(ByteView text);

/// The last member of that key (the one that counts); nullptr if there is none.
const Member* find_member(const Outline& object, std::string_view key);

/// The outline of the value that `pointer` (a JSON pointer; empty: the whole) leads to through objects of
/// `text`; nullopt if there is none.
std::optional<Outline> outline_at(ByteView text, std::string_view pointer);

/// The content of a JSON string, escapes resolved; a lone surrogate becomes U+FFFD. `text` is valid.
std::string string_content(ByteView text);

}  // namespace session
