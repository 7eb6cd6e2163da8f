#include "repair/mend/encoding.h"

#include <algorithm>
#include <cstdint>

#include "json/byte_search.h"
#include "json/utf8.h"

namespace session::repair {
namespace {

constexpr std::size_t k_sample = 256;
// A tab is the first character that a text may hold.
constexpr std::uint32_t k_first_of_text = 0x09;
constexpr std::uint32_t k_behind_ascii = 0x7F;
constexpr std::uint32_t k_behind_unicode = 0x110000;

struct Form {
  std::size_t unit;
  bool big_endian;
  std::size_t text_begin;
};

std::uint32_t unit_at(ByteView bytes, std::size_t at, std::size_t unit, bool big_endian) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < unit; ++i) {
    const std::size_t from = big_endian ? at + i : at + unit - 1 - i;
    value = (value << 8) | static_cast<unsigned char>(bytes[from]);
  }
  return value;
}

/// How many of the units of `text` are in [from, to).
std::size_t count_units(ByteView text, const Form& form, std::uint32_t from, std::uint32_t to) {
  std::size_t count = 0;
  for (std::size_t at = 0; at + form.unit <= text.size(); at += form.unit) {
    const std::uint32_t value = unit_at(text, at, form.unit, form.big_endian);
    if (value >= from && value < to) ++count;
  }
  return count;
}

/// How many bytes of `text`, NULs apart, are neither text in UTF-8 nor blanks.
std::size_t count_foreign(ByteView text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = json::utf8_character(text.data() + at, text.data() + text.size());
    const bool is_control = static_cast<unsigned char>(text[at]) < 0x20 && !json::is_blank(text[at]);
    if (length == 0 || (is_control && text[at] != '\0')) ++count;
    at += std::max<std::size_t>(length, 1);
  }
  return count;
}

/// Four bytes of UTF-8 make no character in UTF-32.
bool is_utf32(ByteView text, const Form& form) {
  return count_units(text, form, k_first_of_text, k_behind_unicode) * 4 >= text.size() / form.unit * 3;
}

/// Most of the text is ASCII; or its first two characters are, as in any JSON, with so many behind them, or
/// so much that cannot be UTF-8, that it is no text in which two bytes became NULs.
bool is_utf16(ByteView text, const Form& form) {
  const std::size_t units = text.size() / form.unit;
  const std::size_t ascii = count_units(text, form, k_first_of_text, k_behind_ascii);
  if (ascii * 4 >= units * 3) return true;
  const bool begins = count_units(text.substr(0, 4), form, k_first_of_text, k_behind_ascii) == 2;
  return begins && (ascii * 4 >= units || count_foreign(text) * 8 >= text.size());
}

std::optional<Form> form_of(ByteView bytes) {
  if (bytes.substr(0, 4) == ByteView("\xFF\xFE\0\0", 4)) return Form{4, false, 4};
  if (bytes.substr(0, 4) == ByteView("\0\0\xFE\xFF", 4)) return Form{4, true, 4};
  if (bytes.substr(0, 2) == "\xFF\xFE") return Form{2, false, 2};
  if (bytes.substr(0, 2) == "\xFE\xFF") return Form{2, true, 2};
  if (bytes.size() < 4) return std::nullopt;
  const ByteView sample = bytes.substr(0, k_sample);
  for (const Form form : {Form{4, false, 0}, Form{4, true, 0}, Form{2, false, 0}, Form{2, true, 0}}) {
    if (form.unit == 4 ? is_utf32(sample, form) : is_utf16(sample, form)) return form;
  }
  return std::nullopt;
}

void append_utf8(Bytes& text, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | (code >> 6)), add(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    add(0xE0 | (code >> 12)), add(0x80 | ((code >> 6) & 0x3F)), add(0x80 | (code & 0x3F));
  } else {
    add(0xF0 | (code >> 18)), add(0x80 | ((code >> 12) & 0x3F)), add(0x80 | ((code >> 6) & 0x3F)),
        add(0x80 | (code & 0x3F));
  }
}

/// A lone surrogate has no UTF-8; as an escape it says the same in JSON.
void append_escape(Bytes& text, std::uint32_t unit) {
  constexpr ByteView k_digits = "0123456789abcdef";
  text += "\\u";
  for (unsigned shift = 12;; shift -= 4) {
    text += k_digits[(unit >> shift) & 0xF];
    if (shift == 0) return;
  }
}

/// Decodes the character at `at` into `text`; returns its length in the input.
std::size_t decode_one(ByteView bytes, std::size_t at, const WideText& form, Bytes& text) {
  const std::uint32_t unit = unit_at(bytes, at, form.unit, form.big_endian);
  if (form.unit == 2 && unit >= 0xD800 && unit < 0xDC00 && at + 4 <= bytes.size()) {
    const std::uint32_t low = unit_at(bytes, at + 2, 2, form.big_endian);
    if (low >= 0xDC00 && low < 0xE000) {
      append_utf8(text, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      return 4;
    }
  }
  if (unit >= 0xD800 && unit < 0xE000) {
    append_escape(text, unit);
  } else if (unit > 0x10FFFF) {
    text += '\xFF';  // no character: left to be found and dropped as a bad byte
  } else {
    append_utf8(text, unit);
  }
  return form.unit;
}

}  // namespace

std::optional<WideText> decode_wide(ByteView bytes) {
  const std::optional<Form> form = form_of(bytes);
  if (!form) return std::nullopt;
  WideText text;
  text.unit = form->unit;
  text.big_endian = form->big_endian;
  text.text_begin = form->text_begin;
  text.utf8.reserve(bytes.size() / form->unit + 16);
  std::size_t at = text.text_begin;
  while (at + text.unit <= bytes.size()) at += decode_one(bytes, at, text, text.utf8);
  text.bytes_dropped = bytes.size() - at;
  return text;
}

std::size_t WideText::Origin::of(std::size_t at) {
  Bytes character;
  while (to_ < at && from_ + text_.unit <= input_.size()) {
    character.clear();
    from_ += decode_one(input_, from_, text_, character);
    to_ += character.size();
  }
  return from_;
}

}  // namespace session::repair
