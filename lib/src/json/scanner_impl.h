#pragma once
// The inside of Scanner, included by scanner.h alone.

#include <cassert>

#include "json/scanner.h"
#include "json/scanner_strings_impl.h"

namespace session::json {

template <class Sink>
void Scanner<Sink>::reset() {
  state_ = State::value;
  progress_ = Progress::more;
  depth_ = 0;
  token_ = nullptr;
  token_end_ = 0;
  high_surrogate_ = k_no_offset;
  spilled_.clear();
}

template <class Sink>
Expected Scanner<Sink>::expected() const {
  switch (state_) {
    case State::value: return Expected::value;
    case State::first_element: return Expected::value_or_end;
    case State::first_key: return Expected::key_or_end;
    case State::key: return Expected::key;
    case State::colon: return Expected::colon;
    case State::after_value:
    case State::zero:
    case State::integer:
    case State::fraction:
    case State::exponent_digits: return Expected::comma_or_end;
    case State::string: return Expected::string_byte;
    case State::escape: return Expected::escape;
    case State::hex: return Expected::hex_digit;
    case State::minus:
    case State::point:
    case State::exponent:
    case State::exponent_sign: return Expected::digit;
    case State::literal: return Expected::literal;
  }
  return Expected::value;
}

template <class Sink>
void Scanner<Sink>::assume_comma() {
  progress_ = Progress::more;
  state_ = in_object() ? State::key : State::value;
}

template <class Sink>
void Scanner<Sink>::forget_comma() {
  progress_ = Progress::more;
  state_ = State::after_value;
}

template <class Sink>
const char* Scanner<Sink>::feed(const char* begin, const char* end, Offset offset) {
  begin_ = begin;
  end_ = end;
  offset_ = offset;
  if constexpr (Sink::k_wants_text) token_ = in_token() ? begin : nullptr;
  const char* p = run(begin);
  here_ = at(p);
  if constexpr (Sink::k_wants_text) {
    if (in_token()) spill(p);
  }
  return p;
}

template <class Sink>
void Scanner<Sink>::finish(Offset offset) {
  if (progress_ != Progress::more) return;
  begin_ = end_ = nullptr;
  offset_ = here_ = offset;
  token_ = nullptr;
  const bool number_ends = state_ == State::zero || state_ == State::integer || state_ == State::fraction ||
                           state_ == State::exponent_digits;
  if (number_ends && depth_ == 0) {
    end_scalar(real_ ? Scalar::real : Scalar::integer, nullptr, 0);
  } else {
    progress_ = Progress::failed;
  }
}

template <class Sink>
const char* Scanner<Sink>::run(const char* p) {
  while (p != end_ && progress_ == Progress::more) {
    switch (state_) {
      case State::string: p = in_string(p); break;
      case State::escape: p = in_escape(p); break;
      case State::hex: p = in_hex(p); break;
      case State::literal: p = in_literal(p); break;
      case State::minus:
      case State::zero:
      case State::integer:
      case State::point:
      case State::fraction:
      case State::exponent:
      case State::exponent_sign:
      case State::exponent_digits: p = in_number(p); break;
      default: p = between_tokens(p); break;
    }
  }
  return p;
}

template <class Sink>
const char* Scanner<Sink>::skip_blanks(const char* p) {
  while (p != end_ && is_blank(*p)) {
    if (*p == '\n' && newline_ == Newline::violation && !untouched()) return fail(p);
    ++p;
  }
  return p;
}

/// Goes from token to token for as long as none is cut by the end of the piece.
template <class Sink>
const char* Scanner<Sink>::between_tokens(const char* p) {
  do {
    if (is_blank(*p)) {
      p = skip_blanks(p);
      if (p == end_ || progress_ != Progress::more) return p;
    }
    p = next_token(p);
  } while (p != end_ && progress_ == Progress::more && !in_token());
  return p;
}

template <class Sink>
inline const char* Scanner<Sink>::next_token(const char* p) {
  const char byte = *p;
  switch (state_) {
    case State::after_value:
      if (byte == ',') return pass_comma(p);
      if (byte == '}' || byte == ']') return close(p, byte == '}' ? Container::object : Container::array);
      return fail(p);
    case State::first_key:
      if (byte == '}') return close(p, Container::object);
      [[fallthrough]];
    case State::key: return byte == '"' ? begin_string(p, true) : fail(p);
    case State::colon: return byte == ':' ? pass_colon(p) : fail(p);
    case State::first_element:
      if (byte == ']') return close(p, Container::array);
      [[fallthrough]];
    default: return begin_value(p);
  }
}

template <class Sink>
inline const char* Scanner<Sink>::pass_comma(const char* p) {
  state_ = top() == Container::object ? State::key : State::value;
  token_end_ = at(p) + 1;
  ++p;
  // Mostly the key follows at once: no need to come back for it.
  return p != end_ && *p == '"' && state_ == State::key ? begin_string(p, true) : p;
}

template <class Sink>
inline const char* Scanner<Sink>::pass_colon(const char* p) {
  state_ = State::value;
  token_end_ = at(p) + 1;
  return p + 1;
}

template <class Sink>
const char* Scanner<Sink>::begin_value(const char* p) {
  switch (*p) {
    case '"': return begin_string(p, false);
    case '{': return open(p, Container::object);
    case '[': return open(p, Container::array);
    case 't': return begin_literal(p, "true");
    case 'f': return begin_literal(p, "false");
    case 'n': return begin_literal(p, "null");
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      begin_token(p);
      real_ = false;
      state_ = *p == '-' ? State::minus : *p == '0' ? State::zero : State::integer;
      return in_number(p + 1);
    default: return fail(p);
  }
}

template <class Sink>
const char* Scanner<Sink>::open(const char* p, Container container) {
  if (depth_ % 64 == 0 && depth_ / 64 == stack_.size()) stack_.push_back(0);
  const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
  std::uint64_t& word = stack_[depth_ / 64];
  word = container == Container::object ? word | bit : word & ~bit;
  ++depth_;
  state_ = container == Container::object ? State::first_key : State::first_element;
  token_end_ = at(p) + 1;
  sink_->on_open(container, at(p));
  return p + 1;
}

template <class Sink>
const char* Scanner<Sink>::close(const char* p, Container container) {
  if (top() != container) return fail(p);
  --depth_;
  token_end_ = at(p) + 1;
  value_ended();
  sink_->on_close(container, at(p));
  return p + 1;
}

template <class Sink>
void Scanner<Sink>::value_ended() {
  state_ = State::after_value;
  if (depth_ == 0) progress_ = Progress::complete;
}

template <class Sink>
void Scanner<Sink>::begin_token(const char* p) {
  token_offset_ = at(p);
  if constexpr (Sink::k_wants_text) {
    token_ = p;
    spilled_.clear();
  }
}

template <class Sink>
void Scanner<Sink>::spill(const char* p) {
  const std::size_t room = k_token_limit + 1 - spilled_.size();
  const std::size_t size = static_cast<std::size_t>(p - token_);
  spilled_.append(token_, size < room ? size : room);
}

template <class Sink>
Token Scanner<Sink>::end_token(const char* p, std::size_t quote) {
  Token token;
  token.offset = token_offset_;
  token_end_ = at(p);
  token.length = token_end_ - token_offset_;
  if constexpr (Sink::k_wants_text) {
    token.escaped = quote != 0 && escaped_;
    // By the length of what is there: a token fed around bytes that were left out is longer than its text.
    const Offset inside = token.length - 2 * quote;
    const std::size_t size = inside < k_token_limit ? static_cast<std::size_t>(inside) : k_token_limit;
    if (spilled_.empty()) {
      assert(static_cast<Offset>(p - token_) == token.length);
      token.text = std::string_view(token_ + quote, size);
    } else {
      if (token_ != nullptr) spill(p);
      token.text = std::string_view(spilled_).substr(quote, size);
    }
  }
  return token;
}

template <class Sink>
void Scanner<Sink>::end_scalar(Scalar type, const char* p, std::size_t quote) {
  token_end_ = at(p);
  if (!sink_->hears(type, token_end_ - token_offset_)) return value_ended();
  const Token token = end_token(p, quote);
  value_ended();
  sink_->on_scalar(type, token);
}

template <class Sink>
const char* Scanner<Sink>::in_number(const char* p) {
  for (; p != end_; ++p) {
    const char byte = *p;
    switch (state_) {
      case State::minus:
        if (!is_digit(byte)) return fail(p);
        state_ = byte == '0' ? State::zero : State::integer;
        continue;
      case State::point:
        if (!is_digit(byte)) return fail(p);
        state_ = State::fraction;
        continue;
      case State::exponent:
        if (byte == '+' || byte == '-') {
          state_ = State::exponent_sign;
          continue;
        }
        [[fallthrough]];
      case State::exponent_sign:
        if (!is_digit(byte)) return fail(p);
        state_ = State::exponent_digits;
        continue;
      default: break;
    }
    if (state_ != State::zero && is_digit(byte)) continue;
    if (byte == '.' && (state_ == State::zero || state_ == State::integer)) {
      state_ = State::point;
    } else if ((byte == 'e' || byte == 'E') && state_ != State::exponent_digits) {
      state_ = State::exponent;
    } else {
      end_scalar(real_ ? Scalar::real : Scalar::integer, p, 0);
      return p;
    }
    real_ = true;
  }
  return p;
}

template <class Sink>
const char* Scanner<Sink>::begin_literal(const char* p, std::string_view word) {
  begin_token(p);
  literal_ = word;
  literal_at_ = 1;
  state_ = State::literal;
  return in_literal(p + 1);
}

template <class Sink>
const char* Scanner<Sink>::in_literal(const char* p) {
  while (p != end_) {
    if (*p != literal_[literal_at_]) return fail(p);
    ++p;
    if (++literal_at_ == literal_.size()) {
      end_scalar(literal_[0] == 'n' ? Scalar::null : Scalar::boolean, p, 0);
      return p;
    }
  }
  return p;
}

}  // namespace session::json
