#pragma once
// UTF-8, as far as showing and transporting names needs it.

#include <cstddef>
#include <string_view>

namespace session::cli {

struct Utf8Character {
  char32_t value = 0;
  std::size_t length = 1;  ///< bytes; 1 where invalid
  bool valid = false;
};

/// The first character of `text`, which must not be empty. Overlong forms, surrogates and values beyond
/// U+10FFFF are invalid.
Utf8Character first_character(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace session::cli
