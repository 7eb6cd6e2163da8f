// Strings: taken as they are where they are whole, with control characters escaped; and not at all, or as the
// prefix that survived, where they are cut or bytes of them went bad.

#include <algorithm>
#include <array>

#include "repair/salvage/identity.h"
#include "repair/salvage/parser.h"

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

/// Whether the string with this text is a time or an id, by its key or by how it reads, or the layout has a
/// rule for it: with bytes gone bad it is none any more.
bool SalvageParser::is_ruled(ByteView text) const {
  if (reads_as_identity(text)) return true;
  if (!in_object()) return false;
  const ShapeId member = frames_.back().key;
  const FieldRule* rule = shapes_.rule(member);
  return (rule != nullptr && rule->rule != ValueRule::none) || shapes_.is_reference(member) ||
         is_name_of_id(shapes_.key(member));
}

void SalvageParser::take_string(std::size_t at, const StringToken& token) {
  if (token.how == StringEnd::closed) {
    if (token.flawed || has_bad_utf8(at, token.end)) {
      trouble();
      if (is_ruled(bytes_.substr(at + 1, token.end - at - 2))) {
        drop_item(end_of_unclosed(at, token.end).value_or(token.end),
                  token.flawed ? Kind::raw_control : Kind::invalid_utf8);
        return;
      }
      if (const std::size_t bad = find_bad_byte(at + 1, token.end - 1); bad < token.end - 1) {
        return take_broken_string(at, bad, token.end);
      }
      escape_controls(at, token.end - 1);
    }
    attempt_.pieces.keep(pos_, token.end);
    pos_ = token.end;
    last_ = Last::string;
    last_begin_ = at;
    last_end_ = token.end;
    ++attempt_.values_kept;
    return item_done(k_string);
  }
  const Kind kind = token.how == StringEnd::hole ? Kind::nul_interior : Kind::torn_tail;
  trouble();
  // The beginning of a time, an id or a role is none.
  if (options_.cut_values == CutValues::keep_prefix && !is_ruled(bytes_.substr(at + 1, token.end - at - 1)) &&
      keep_prefix(at, token.end)) {
    part_done(Last::cut);
  } else {
    drop_item(token.end, kind);
    last_ = Last::cut;
  }
  if (token.how == StringEnd::input) finish(token.end, kind);
}

/// A key with two closing quotes, known or not: a colon follows right behind the second.
bool SalvageParser::take_doubly_ended_key(std::size_t at) {
  constexpr ByteView k_end = "\":";
  // What begins with no quote would be read to the next one, however far that is.
  if (bytes_[at] != '"') return false;
  const StringToken token = read_string(bytes_, at, end_);
  if (token.how != StringEnd::closed || token.flawed || token.end - at <= 2) return false;
  if (bytes_.substr(0, end_).substr(token.end, k_end.size()) != k_end) return false;
  const ShapeId key = shapes_.member(frames_.back().shape, bytes_.substr(at + 1, token.end - at - 2));
  if (has_bad_utf8(at, token.end) || has_member(frames_.size() - 1, key)) return false;
  begin_item(at);
  frames_.back().key = key;
  attempt_.pieces.keep(pos_, token.end);
  pos_ = token.end;
  state_ = State::colon;
  return true;
}

/// The first byte in [at, end) that stands for nothing: of a malformed escape or character, or a NUL. `end`
/// if there is none.
std::size_t SalvageParser::find_bad_byte(std::size_t at, std::size_t end) const {
  while (at < end) {
    const char c = bytes_[at];
    std::size_t length = c == '\0' ? 0 : 1;
    if (c == '\\') length = escape_length(bytes_, at, end);
    if (static_cast<unsigned char>(c) >= 0x80) length = utf8_at(at, end);
    if (length == 0) return at;
    at += length;
  }
  return end;
}

/// A string in which bytes went bad is no longer what stood there: it goes like one that is cut at `bad`.
void SalvageParser::take_broken_string(std::size_t at, std::size_t bad, std::size_t end) {
  const char c = bytes_[bad];
  const Kind kind = c == '\0' ? Kind::nul_interior : c == '\\' ? Kind::bad_syntax : Kind::invalid_utf8;
  if (options_.cut_values == CutValues::drop || !keep_prefix(at, bad)) return drop_item(end, kind);
  attempt_.pieces.because(bad, kind, Harm::loss);
  pos_ = end;
  part_done(Last::other);
}

/// The prefix of a string was kept.
void SalvageParser::part_done(Last last) {
  ++attempt_.values_kept;
  ++attempt_.values_dropped;  // its other part
  item_done(k_string);
  frames_.back().damaged = true;
  last_ = last;
}

/// Keeps the text in (open, end), control characters escaped.
void SalvageParser::escape_controls(std::size_t open, std::size_t end) {
  for (std::size_t at = open + 1; at < end; ++at) {
    const char c = bytes_[at];
    if (static_cast<unsigned char>(c) >= 0x20) continue;
    attempt_.pieces.keep(pos_, at);
    attempt_.pieces.insert(escape_of(c));
    attempt_.pieces.because(at, Kind::raw_control, Harm::none);
    pos_ = at + 1;
  }
}

/// Keeps the surviving text of a cut string and closes it; false if there is none.
bool SalvageParser::keep_prefix(std::size_t open, std::size_t end) {
  std::size_t to = find_bad_byte(open + 1, end);
  // Half of a surrogate pair is no character either.
  if (to >= open + 7) {
    const int unit = escaped_unit(bytes_, to - 6, to);
    if (unit >= 0xD800 && unit < 0xDC00) to -= 6;
  }
  if (to <= open + 1) return false;
  escape_controls(open, to);
  attempt_.pieces.keep(pos_, to);
  attempt_.pieces.insert("\"");
  attempt_.pieces.because(to, Kind::torn_tail, Harm::loss);
  pos_ = end;
  return true;
}

}  // namespace session::repair
