#pragma once
// Strict UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing beyond U+10FFFF.

#include <cstddef>
#include <string>
#include <utility>

namespace session::json {

/// The length of the character at `p`, 1 to 4; 0 if no valid character stands there. `end` is the end of
/// the text, not of a piece of it.
std::size_t utf8_character(const char* p, const char* end);

/// How many bytes at `p` are one mistake: the cut beginning of a character, or one byte.
std::size_t utf8_mistake(const char* p, const char* end);

/// The begin of the character that [begin, end) cuts off at its end, or `end` if it cuts none.
const char* utf8_whole_end(const char* begin, const char* end);

/// For text that comes in chunks: the beginning of a character that the last one cut, until it is whole.
class CutCharacter {
 public:
  /// Takes from [begin, end) what the character needs to be whole, or to be seen to be none, and hands it to
  /// `take(begin, end)`; returns where the rest of the chunk begins.
  template <class Take>
  const char* complete(const char* begin, const char* end, const Take& take) {
    while (!bytes_.empty() && begin != end) {
      bytes_ += *begin++;
      const std::string known = bytes_;
      const char* const whole = utf8_whole_end(known.data(), known.data() + known.size());
      if (whole == known.data()) continue;
      bytes_.erase(0, static_cast<std::size_t>(whole - known.data()));
      take(known.data(), whole);
    }
    return begin;
  }
  /// What utf8_whole_end() has cut off, after complete() came to the rest of the chunk.
  void keep(const char* begin, const char* end) { bytes_.append(begin, end); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  /// Gives it up: the text ends here.
  std::string release() { return std::exchange(bytes_, {}); }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

/// Finds mistakes in order, block by block: vectorised while the text is valid, byte by byte in a block that
/// is not, so that any number of mistakes costs linear time.
class Utf8Walker {
 public:
  /// The first byte in [p, end) that does not begin a valid character, or `end`.
  const char* valid_end(const char* p, const char* end);
  /// A new piece of text: what is known of the last one's addresses is void.
  void reset() { careful_until_ = nullptr; }
  /// Loads what the first text that is not ASCII would wait for.
  static void prepare();

 private:
  const char* careful_until_ = nullptr;
};

}  // namespace session::json
