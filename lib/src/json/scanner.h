#pragma once
// The scanner: a strict, resumable recogniser of one JSON value (RFC 8259), fed in chunks cut anywhere. No
// tape and no tree: memory is one bit a level of nesting and a bounded buffer for the one token that
// a chunk border cuts. It stops at the first violation and says where and what would have been right; its
// owner may then mend the state and go on, which is how damaged text is read.
//
// What does not belong here: UTF-8 (utf8.h; the scanner takes every byte >= 0x80 in a string), what stands
// between records, and any opinion of what a violation means.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/byte_search.h"

namespace session::json {

using Offset = std::uint64_t;

enum class Container : std::uint8_t { array, object };
enum class Scalar : std::uint8_t { string, integer, real, boolean, null };

/// What would have been right where the scanner stopped.
enum class Expected : std::uint8_t {
  value,
  value_or_end,  ///< a value or ']'
  key,
  key_or_end,  ///< a key or '}'
  colon,
  comma_or_end,  ///< ',' or the end of the container
  string_byte,   ///< anything but a control character
  escape,        ///< one of "\/bfnrtu
  hex_digit,
  digit,
  literal,  ///< the rest of true, false or null
};

enum class Progress : std::uint8_t { more /* input needed */, complete, failed };

/// What a newline between the tokens of a value is: a blank in a document, a violation in JSON Lines.
enum class Newline : std::uint8_t { blank, violation };

/// A token as the sinks see it: without its quotes, escapes as they stand in the text.
struct Token {
  std::string_view text;  ///< cut off after k_token_limit bytes
  Offset offset = 0;      ///< of the first byte, the quote of a string included
  Offset length = 0;      ///< in the text, quotes included
  bool escaped = false;   ///< a string with at least one escape
  [[nodiscard]] bool whole(Scalar type) const {
    return text.size() == length - (type == Scalar::string ? 2 : 0);
  }
};
inline constexpr std::size_t k_token_limit = 4096;

/// A sink that wants nothing: the scanner alone, as a judge of validity. Others derive from it and
/// hide what they want to hear.
struct SilentSink {
  static constexpr bool k_wants_text = false;
  void on_open(Container, Offset) {}
  void on_close(Container, Offset /* of the bracket */) {}
  void on_key(const Token&) {}
  /// Whether on_scalar() is to be called for one of that type and length (as Token has it): most are for most
  /// sinks not worth a Token. It is called for no other.
  static constexpr bool hears(Scalar, Offset /* length */) { return true; }
  void on_scalar(Scalar, const Token&) {}
  void on_lone_surrogate(Offset /* of the backslash */) {}
};

/// Where a scanner stands in a value, without the one it tells: what a line that ended too early can be taken
/// up from again.
struct ScannerState {
 protected:
  enum class State : std::uint8_t {
    value,
    first_element,
    first_key,
    key,
    colon,
    after_value,
    string,
    escape,
    hex,
    minus,
    zero,
    integer,
    point,
    fraction,
    exponent,
    exponent_sign,
    exponent_digits,
    literal,
  };
  static constexpr Offset k_no_offset = ~Offset{0};

  Newline newline_ = Newline::blank;
  State state_ = State::value;
  Progress progress_ = Progress::more;
  bool key_ = false;      ///< the string is a key
  bool escaped_ = false;  ///< the string has an escape
  bool real_ = false;     ///< the number has a fraction or an exponent
  std::uint8_t hex_digits_ = 0;
  std::uint16_t unit_ = 0;
  std::uint64_t depth_ = 0;
  std::vector<std::uint64_t> stack_;  ///< a bit a level: 1 is an object
  std::string_view literal_;
  std::size_t literal_at_ = 0;
  Offset high_surrogate_ = k_no_offset;  ///< an escape \uD8xx that still needs its other half
  Offset here_ = 0;                      ///< where the piece read last ended
  Offset token_offset_ = 0;
  Offset token_end_ = 0;
  std::string spilled_;  ///< the part of the token that stood in earlier pieces
};

template <class Sink>
class Scanner : private ScannerState {
 public:
  explicit Scanner(Sink& sink, Newline newline = Newline::blank) : sink_(&sink) { newline_ = newline; }

  [[nodiscard]] const ScannerState& state() const { return *this; }
  void resume(const ScannerState& state) { static_cast<ScannerState&>(*this) = state; }

  /// Ready for the next value.
  void reset();
  void set_newline(Newline newline) { newline_ = newline; }

  /// Reads on at `begin`, which is byte `offset` of the input, to the end of the value, a
  /// violation or `end`. Returns where it stopped: behind the value, at the offending byte, or `end`.
  const char* feed(const char* begin, const char* end, Offset offset);
  /// The input ends here. A number at top level is complete only now.
  void finish(Offset offset);

  [[nodiscard]] Progress progress() const { return progress_; }
  [[nodiscard]] Expected expected() const;
  /// Whether no byte of the value has been read yet.
  [[nodiscard]] bool untouched() const { return state_ == State::value && depth_ == 0; }
  [[nodiscard]] std::uint64_t depth() const { return depth_; }
  [[nodiscard]] bool within_string() const {
    return state_ == State::string || state_ == State::escape || state_ == State::hex;
  }
  [[nodiscard]] bool in_object() const { return depth_ != 0 && top() == Container::object; }
  /// Behind the last byte that belongs to the value, blanks after it not counted.
  [[nodiscard]] Offset significant_end() const { return in_token() ? here_ : token_end_; }

  /// Where the token being read begins, or nullopt between tokens.
  [[nodiscard]] std::optional<Offset> open_token() const {
    if (!in_token()) return std::nullopt;
    return token_offset_;
  }

  /// The escape that still needs its other half.
  [[nodiscard]] std::optional<Offset> open_surrogate() const {
    if (high_surrogate_ == k_no_offset) return std::nullopt;
    return high_surrogate_;
  }

  // Mending, after a failure. The caller goes on feeding at the byte it names.
  /// The offending byte is skipped, or taken as a byte of the string.
  void pass_over() {
    progress_ = Progress::more;
    if (within_string()) state_ = State::string;
  }
  /// As if a comma stood before the offending byte.
  void assume_comma();
  /// As if the comma before a closing bracket did not stand there.
  void forget_comma();

 private:
  [[nodiscard]] bool in_token() const { return state_ >= State::string; }
  [[nodiscard]] Container top() const {
    return (stack_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0 ? Container::object : Container::array;
  }
  [[nodiscard]] Offset at(const char* p) const { return offset_ + static_cast<Offset>(p - begin_); }

  const char* run(const char* p);
  const char* between_tokens(const char* p);
  const char* next_token(const char* p);
  const char* skip_blanks(const char* p);
  const char* pass_comma(const char* p);
  const char* pass_colon(const char* p);
  const char* begin_value(const char* p);
  const char* begin_literal(const char* p, std::string_view word);
  const char* begin_string(const char* p, bool key);
  const char* pass_string_content(const char* p);
  const char* in_string(const char* p);
  const char* in_escape(const char* p);
  const char* in_hex(const char* p);
  const char* end_string(const char* p);
  const char* in_number(const char* p);
  const char* in_literal(const char* p);
  const char* open(const char* p, Container container);
  const char* close(const char* p, Container container);
  const char* fail(const char* p) {
    progress_ = Progress::failed;
    return p;
  }
  void begin_token(const char* p);
  Token end_token(const char* p, std::size_t quote);
  void end_scalar(Scalar type, const char* p, std::size_t quote);
  void value_ended();
  void spill(const char* p);
  void unicode_unit();
  void lone_high_surrogate();

  Sink* sink_;
  // The piece being read.
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  Offset offset_ = 0;
  const char* token_ = nullptr;  ///< the part of the token that stands in it
};

}  // namespace session::json

#include "json/scanner_impl.h"
