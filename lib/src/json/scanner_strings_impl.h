#pragma once
// The inside of Scanner between the quotes of a string, included by scanner_impl.h alone.

#include "json/scanner.h"
#include "json/string_run.h"

namespace session::json {

template <class Sink>
const char* Scanner<Sink>::begin_string(const char* p, bool key) {
  begin_token(p);
  key_ = key;
  escaped_ = false;
  state_ = State::string;
  return in_string(p + 1);
}

/// To the next byte of a string that wants a closer look. Most strings end within a few bytes; only what does
/// not is worth the way to the block loop.
template <class Sink>
const char* Scanner<Sink>::pass_string_content(const char* p) {
  constexpr std::ptrdiff_t k_worth_it = 96;
  if (end_ - p >= k_worth_it) {
    const char* const near = find_string_special(p, p + 16);
    if (near != p + 16 && *near != '\\') return near;
    const StringRun run = pass_string_blocks(near, end_);
    escaped_ = escaped_ || run.escaped;
    p = run.end;
    if (p != end_ && is_string_special(*p)) return p;
  }
  return find_string_special(p, end_);
}

template <class Sink>
const char* Scanner<Sink>::in_string(const char* p) {
  while (true) {
    if (high_surrogate_ != k_no_offset && p != end_ && *p != '\\') lone_high_surrogate();
    // Its other half has to come at once: no run may pass over what comes instead.
    if (high_surrogate_ == k_no_offset) p = pass_string_content(p);
    if (p == end_) return p;
    if (*p == '"') return end_string(p);
    if (*p != '\\') return fail(p);
    escaped_ = true;
    state_ = State::escape;
    if (++p == end_) return p;
    p = in_escape(p);
    if (state_ != State::string) return p;
  }
}

template <class Sink>
const char* Scanner<Sink>::in_escape(const char* p) {
  switch (*p) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': state_ = State::string; return p + 1;
    case 'u':
      state_ = State::hex;
      hex_digits_ = 0;
      unit_ = 0;
      return in_hex(p + 1);
    default: return fail(p);
  }
}

template <class Sink>
const char* Scanner<Sink>::in_hex(const char* p) {
  while (p != end_) {
    const int digit = hex_value(*p);
    if (digit < 0) return fail(p);
    unit_ = static_cast<std::uint16_t>(unit_ << 4 | digit);
    ++p;
    if (++hex_digits_ == 4) {
      here_ = at(p);
      unicode_unit();
      state_ = State::string;
      return p;
    }
  }
  return p;
}

template <class Sink>
void Scanner<Sink>::unicode_unit() {
  if (unit_ < 0xD800 || unit_ > 0xDFFF) {
    if (high_surrogate_ != k_no_offset) lone_high_surrogate();
    return;
  }
  const Offset escape = here_ - 6;
  const bool low = unit_ >= 0xDC00;
  const Offset high = high_surrogate_;
  high_surrogate_ = low ? k_no_offset : escape;
  if (low && high != k_no_offset && high + 6 == escape) return;
  if (high != k_no_offset) sink_->on_lone_surrogate(high);
  if (low) sink_->on_lone_surrogate(escape);
}

template <class Sink>
void Scanner<Sink>::lone_high_surrogate() {
  sink_->on_lone_surrogate(high_surrogate_);
  high_surrogate_ = k_no_offset;
}

template <class Sink>
const char* Scanner<Sink>::end_string(const char* p) {
  if (!key_) {
    end_scalar(Scalar::string, p + 1, 1);
    return p + 1;
  }
  const Token token = end_token(p + 1, 1);
  state_ = State::colon;
  sink_->on_key(token);
  ++p;
  return p != end_ && *p == ':' ? pass_colon(p) : p;
}

}  // namespace session::json
