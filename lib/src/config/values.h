#pragma once
// The values configuration keys may have: from text to a checked value, and back.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "session/result.h"
#include "session/time.h"

namespace session::config {

enum class ValueType : std::uint8_t {
  hours,             ///< a number of hours, 0 allowed
  seconds,           ///< a number of seconds, 0 allowed
  positive_seconds,  ///< a number of seconds above 0
  boolean,
  count,  ///< a whole number, 0 allowed
  words,  ///< one of a fixed set
  brake,  ///< "none", a whole number, or a percentage
  text,   ///< any non-empty text
  texts,  ///< a list of non-empty texts
};

/// How a value was written: in YAML, where "168" in quotes is text and no number, or as the text of a flag or
/// variable, where a duration may have a unit.
enum class Spelling : std::uint8_t { yaml_plain, yaml_quoted, text };

/// What a value of any type becomes: words by their index, a percentage as a double.
using Value = std::variant<milliseconds, bool, std::uint64_t, double, std::monostate, std::string,
                           std::vector<std::string>>;

/// Why a value is refused, and what would be right.
struct BadValue {
  std::string problem;
  std::string expected;
};

/// `words`: for ValueType::words only. Lists are made by the caller, element by element, as text.
Result<Value, BadValue> parse_value(ValueType type, std::string_view text, Spelling spelling,
                                    const std::vector<std::string_view>& words);

/// As it would be written in the file.
std::string show_value(ValueType type, const Value& value, const std::vector<std::string_view>& words);

}  // namespace session::config
