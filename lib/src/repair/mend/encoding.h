#pragma once
// Text in UTF-16 or UTF-32, as some editors and shells leave it behind.

#include <optional>

#include "session/bytes.h"

namespace session::repair {

struct WideText {
  Bytes utf8;
  std::size_t unit = 2;           ///< bytes of a code unit
  std::size_t text_begin = 0;     ///< behind the mark
  std::size_t bytes_dropped = 0;  ///< of a cut last unit
  bool big_endian = false;

  /// Where the character at `at` of utf8 stood in the input; `at` must not lie before that of the last call.
  class Origin {
   public:
    Origin(const WideText& text, ByteView input) : text_(text), input_(input), from_(text.text_begin) {}
    std::size_t of(std::size_t at);

   private:
    const WideText& text_;
    ByteView input_;
    std::size_t from_;
    std::size_t to_ = 0;
  };
};

/// Decodes `bytes` if they are UTF-16 or UTF-32, by their mark or by where their NUL bytes stand.
std::optional<WideText> decode_wide(ByteView bytes);

}  // namespace session::repair
