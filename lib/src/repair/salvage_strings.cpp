// Strings: taken as they are where they are whole, without the bytes that no string may have where those
// are few, and not at all, or as the prefix that survived, where they are cut.

#include <algorithm>
#include <array>

#include "repair/salvage_parser.h"

namespace session::repair {
namespace {

constexpr std::size_t k_furthest_reach = 1U << 20;

std::string_view escape_of(char c) {
  // One escape for each control character; the short forms are those a writer would use.
  static constexpr std::array<std::string_view, 32> k_escapes = {
      "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
      "\\b",     "\\t",     "\\n",     "\\u000b", "\\f",     "\\r",     "\\u000e", "\\u000f",
      "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
      "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f"};
  return k_escapes.at(static_cast<unsigned char>(c));
}

/// How many bytes of a malformed escape to drop: all of a cut \uXXXX, else the backslash.
std::size_t malformed_escape(ByteView bytes, std::size_t at, std::size_t end) {
  if (at + 1 >= end || bytes[at + 1] != 'u') return 1;
  std::size_t to = at + 2;
  while (to < end && to < at + 6 &&
         (is_digit(bytes[to]) || ((bytes[to] | 0x20) >= 'a' && (bytes[to] | 0x20) <= 'f'))) {
    ++to;
  }
  return to - at;
}

}  // namespace

/// The length of the character at `at`; 0 if it is malformed or cut.
std::size_t SalvageParser::utf8_at(std::size_t at, std::size_t end) const {
  return json::utf8_character(bytes_.data() + at, bytes_.data() + end);
}

/// Whether [from, to) has bytes that are not UTF-8; most texts have none, which is known from few passes,
/// each reaching further: many documents in one file must not be looked through to its end each.
bool SalvageParser::has_bad_utf8(std::size_t from, std::size_t to) {
  const char* base = bytes_.data();
  while (bad_utf8_ < to) {
    if (bad_utf8_is_certain_ && bad_utf8_ >= from) return true;
    const std::size_t at = std::max(from, bad_utf8_);
    const std::size_t reach = std::max(to, std::min(end_, at + utf8_reach_));
    utf8_reach_ = std::min(2 * utf8_reach_, k_furthest_reach);
    utf8_.reset();
    bad_utf8_ = static_cast<std::size_t>(utf8_.valid_end(base + at, base + reach) - base);
    // Right before where the look ended it may be a character whose rest was not looked at.
    constexpr std::size_t k_longest_character = 4;
    const bool is_whole = reach == end_ || reach == to || bad_utf8_ + k_longest_character <= reach;
    bad_utf8_is_certain_ = bad_utf8_ < reach && is_whole;
  }
  return false;
}

/// Whether the layout has a rule for the value being read: a time or an id with bytes gone bad is none any
/// more.
bool SalvageParser::is_ruled() const {
  if (!in_object()) return false;
  const FieldRule* rule = shapes_.rule(frames_.back().key);
  return rule != nullptr && rule->rule != ValueRule::none;
}

void SalvageParser::take_string(std::size_t at, const StringToken& token) {
  if (token.how == StringEnd::closed) {
    if (token.flawed || has_bad_utf8(at, token.end)) {
      trouble();
      if (is_ruled()) {
        drop_item(token.end, token.flawed ? Kind::raw_control : Kind::invalid_utf8);
        return;
      }
      mend_string(at, token.end - 1);
    }
    attempt_.pieces.keep(pos_, token.end);
    pos_ = token.end;
    last_ = Last::string;
    last_begin_ = at;
    last_end_ = token.end;
    ++attempt_.values_kept;
    return item_done();
  }
  const Kind kind = token.how == StringEnd::hole ? Kind::nul_interior : Kind::torn_tail;
  trouble();
  // The beginning of a time, an id or a role is none.
  if (options_.cut_values == CutValues::keep_prefix && !is_ruled() && keep_prefix(at, token.end)) {
    ++attempt_.values_kept;
    ++attempt_.values_dropped;  // its other part
    item_done();
    frames_.back().damaged = true;
    last_ = Last::cut;
  } else {
    drop_item(token.end, kind);
    last_ = Last::cut;
  }
  if (token.how == StringEnd::input) finish(token.end, kind);
}

/// Keeps the text in (open, end) without what a string may not have; control characters are escaped.
void SalvageParser::mend_string(std::size_t open, std::size_t end) {
  std::size_t at = open + 1;
  while (at < end) {
    const char c = bytes_[at];
    const auto u = static_cast<unsigned char>(c);
    std::size_t length = 1;
    std::size_t bad = 0;
    Kind kind = Kind::invalid_utf8;
    std::string_view instead;
    if (c == '\\') {
      length = escape_length(bytes_, at, end);
      if (length == 0) bad = malformed_escape(bytes_, at, end), kind = Kind::bad_syntax;
    } else if (c == '\0') {
      bad = 1, kind = Kind::nul_interior;
    } else if (u < 0x20) {
      bad = 1, kind = Kind::raw_control, instead = escape_of(c);
    } else if (u >= 0x80) {
      length = utf8_at(at, end);
      if (length == 0) bad = 1;
    }
    if (bad == 0) {
      at += length;
      continue;
    }
    attempt_.pieces.keep(pos_, at);
    attempt_.pieces.insert(instead);
    attempt_.pieces.because(at, kind, instead.empty() ? Harm::loss : Harm::none);
    at += bad;
    pos_ = at;
  }
}

/// Keeps the surviving text of a cut string and closes it; false if there is none.
bool SalvageParser::keep_prefix(std::size_t open, std::size_t end) {
  std::size_t to = end;
  // A sequence or an escape that the cut went through is no text: step over whole ones to find it.
  std::size_t at = open + 1;
  while (at < end) {
    const char c = bytes_[at];
    std::size_t length = 1;
    if (c == '\\') length = escape_length(bytes_, at, end);
    if (static_cast<unsigned char>(c) >= 0x80) length = utf8_at(at, end);
    if (length == 0) {
      const std::size_t rest = end - at;
      if (rest < 6) {
        to = at;
        break;
      }
      length = 1;
    }
    at += length;
  }
  // Half of a surrogate pair is no character either.
  if (to >= open + 7) {
    const int unit = escaped_unit(bytes_, to - 6, to);
    if (unit >= 0xD800 && unit < 0xDC00) to -= 6;
  }
  if (to <= open + 1) return false;
  mend_string(open, to);
  attempt_.pieces.keep(pos_, to);
  attempt_.pieces.insert("\"");
  attempt_.pieces.because(to, Kind::torn_tail, Harm::loss);
  pos_ = end;
  return true;
}

}  // namespace session::repair
