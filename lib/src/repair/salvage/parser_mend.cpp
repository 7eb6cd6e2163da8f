// Mending in place: one byte wrong, missing or doubled leaves everything around it readable. Punctuation is
// put back where only one reading is left; otherwise the item that broke is dropped, up to the place where
// reading can go on in the same container.

#include <algorithm>

#include "repair/salvage/doubled.h"
#include "repair/salvage/parser.h"

namespace session::repair {
namespace {

bool opens(char before) { return before == ',' || before == '{' || before == '[' || before == ':'; }
bool closes(char after) { return after == ',' || after == '}' || after == ']' || after == ':'; }

}  // namespace

bool SalvageParser::looks_open(std::size_t quote) const {
  const char before = before_blanks(bytes_, begin_, quote);
  if (opens(before)) return true;
  // Behind a hole only the beginning of a line tells.
  return before == '\0' && quote > begin_ && is_blank(bytes_[quote - 1]);
}

bool SalvageParser::looks_closed(std::size_t quote) const {
  const std::size_t next = skip_blanks(bytes_, quote + 1, end_);
  return next >= end_ || closes(bytes_[next]);
}

/// find_quote() up to the end. Text in which no quote comes for long is gone through once, however often it
/// breaks.
std::size_t SalvageParser::next_quote(std::size_t at) const {
  if (at >= end_) return end_;
  const bool is_same = quote_from_ <= at && at <= quote_reach_ &&
                       (at == quote_from_ || (bytes_[at - 1] != '\\' && bytes_[at] != '\0'));
  if (!is_same) {
    quote_from_ = at;
    quote_ = find_quote(bytes_, at, end_);
    // None before a hole says nothing of what stands behind it.
    quote_reach_ = quote_ < end_ ? quote_ : std::min(bytes_.substr(0, end_).find(k_hole, at), end_);
  }
  return quote_;
}

/// Whether a string begins at this quote, by what stands before it and behind its other end.
bool SalvageParser::is_opener(std::size_t quote) const {
  if (!looks_open(quote)) return false;
  const std::size_t other = next_quote(quote + 1);
  return other >= end_ || looks_closed(other);
}

/// The key whose opening quote this is; empty if none.
ByteView SalvageParser::key_at(std::size_t quote) const {
  const std::size_t end = std::min(end_, quote + k_longest_key);
  const std::size_t other = find_quote(bytes_, quote + 1, end);
  if (other >= end) return {};
  const std::size_t next = skip_blanks(bytes_, other + 1, end_);
  if (next >= end_ || bytes_[next] != ':') return {};
  return bytes_.substr(quote + 1, other - quote - 1);
}

/// The string read last ended at a quote that was escaped before its backslash was doubled, if what follows
/// the next quote is whole and in the same containers. It goes.
bool SalvageParser::mend_doubled_backslash() {
  constexpr ByteView k_end = R"(\\")";
  if (last_ != Last::string || frames_.back().items == 0 || last_end_ < last_begin_ + 1 + k_end.size())
    return false;
  if (bytes_.substr(last_end_ - k_end.size(), k_end.size()) != k_end) return false;
  const std::size_t quote = next_quote(last_end_);
  if (quote >= end_ || !is_whole_rest(quote + 1, RestBegins::behind_item)) return false;
  if (closers_.size() != frames_.size() || !closers_fit()) return false;
  drop_last(quote + 1);
  return true;
}

/// What broke at `at` is where that which stands before it was written a second time. That goes.
bool SalvageParser::skip_doubled(std::size_t at) {
  constexpr std::size_t k_looked_through = 4096;
  if (doubled_looks_ * k_looked_through > end_ - begin_) return false;
  ++doubled_looks_;
  const std::size_t length = second_writing(bytes_.substr(begin_, end_ - begin_), at - begin_);
  if (length > 0) skip(at + length, Kind::bad_syntax, Harm::none);
  return length > 0;
}

/// Whether the closer at `at`, where a value is due, is none: what stands right behind it follows no closer.
bool SalvageParser::is_of_value(std::size_t at) const {
  constexpr ByteView k_follows_closer(",:{}[]\0", 7);
  if (bytes_[at] != '}' && bytes_[at] != ']') return false;
  return at + 1 < end_ && !is_blank(bytes_[at + 1]) &&
         k_follows_closer.find(bytes_[at + 1]) == ByteView::npos;
}

void SalvageParser::mend_value(std::size_t at) {
  if (skip_doubled(at) || mend_doubled_backslash()) return;
  const char c = bytes_[at];
  if (c != ',' && c != ':' && replace_opener(at)) return;
  if (is_seam(at)) return mend_seam(at);
  trouble();
  if (c == ':') {
    // It may stand in the place of a digit, or a sign.
    attempt_.gap = attempt_.gap || (at + 1 < end_ && (is_digit(bytes_[at + 1]) || bytes_[at + 1] == '-'));
    return skip(at + 1, Kind::bad_syntax, Harm::none);
  }
  if (in_object() && is_of_value(at)) {
    // Of a string nothing is gone as long as its quote is there.
    const bool is_stray = bytes_[at + 1] == '"' && value_behind_colon(at + 1) == at + 1;
    return is_stray ? skip(at + 1, Kind::bad_syntax, Harm::none) : break_item(at);
  }
  if (in_object()) {
    return c == ',' || c == '}' || c == ']' ? drop_item(at, Kind::bad_syntax) : break_item(at);
  }
  if (c == ',') {
    attempt_.gap = true;  // an element of one byte may have stood before it
    return skip(at + 1, Kind::bad_syntax, Harm::none);
  }
  if (c == '}') {
    drop_comma();
    state_ = State::after_item;
    last_ = Last::other;
    return place_closer(at);
  }
  break_item(at);
}

void SalvageParser::mend_after_item(std::size_t at) {
  if (skip_doubled(at) || mend_doubled_backslash() || replace_closer(at) || replace_comma(at)) return;
  if (is_seam(at)) return mend_seam(at);
  const char c = bytes_[at];
  trouble();
  if (c == '"') return mend_quote_after_item(at);
  if (c == '{' || c == '[') return mend_opener_after_item(at);
  if (c == '}' || c == ']') return place_closer(at);
  if (c == ':' && in_object()) {
    if (insert_opener()) return;
    // The end of a value and the beginning of a key are gone, and whatever stood between.
    doom_seam(at);
  }
  if (lacks_comma(at)) return insert_comma();
  break_item(at);
}

/// Whether before the number or literal at `at` nothing but a comma is missing, and no digit: the same blanks
/// stand there as beside the item before it or behind it.
bool SalvageParser::lacks_comma(std::size_t at) const {
  if (!in_array() || last_ != Last::scalar || frames_.back().items == 0 || at == last_end_) return false;
  const std::size_t to = std::max(read_number(bytes_, at, end_), read_literal(bytes_, at, end_));
  if (to == at || to >= end_) return false;
  const ByteView gap = bytes_.substr(last_end_, at - last_end_);
  const ByteView before = bytes_.substr(begin_, last_begin_ - begin_);
  const std::size_t from = bytes_[to] == ',' ? to + 1 : to;
  const std::size_t next = skip_blanks(bytes_, from, end_);
  const bool is_whole = from > to || next > to || bytes_[next] == ']';
  const bool is_like_before = before.size() > gap.size() && before.ends_with(gap) &&
                              !is_blank(before[before.size() - gap.size() - 1]);
  const bool has_no_digits = read_literal(bytes_, at, end_) > at || !is_digit(bytes_[last_end_ - 1]);
  return is_whole && (has_no_digits || is_like_before || gap == bytes_.substr(from, next - from));
}

void SalvageParser::mend_quote_after_item(std::size_t at) {
  const StringToken token = read_string(bytes_, at, end_);
  if (token.how == StringEnd::closed) {
    const std::size_t next = skip_blanks(bytes_, token.end, end_);
    const char after = next < end_ ? bytes_[next] : '\0';
    if (in_object() && after == ':') return insert_comma();
    const ByteView gap = bytes_.substr(last_end_, at - last_end_);
    const bool is_spaced = after == '"' && !gap.empty() && gap == bytes_.substr(token.end, next - token.end);
    if (in_array() && (after == ',' || after == ']' || is_spaced)) return insert_comma();
    if (in_array() && after == ':') return place_key_in_array(at);
  }
  const std::size_t next = skip_blanks(bytes_, at + 1, end_);
  const bool doubled = last_ == Last::string && at == last_end_ && next < end_ &&
                       (bytes_[next] == ',' || bytes_[next] == '}' || bytes_[next] == ']');
  // Where the quote before it opens a string rather, the end of the one before is gone.
  if (doubled && looks_open(at - 1)) return drop_last(at + 1);
  if (doubled) return skip(at + 1, Kind::bad_syntax, Harm::none);
  break_item(at);
}

/// One byte more, or turned, ended the string read last where its text goes on with an opener at `at`: it
/// goes up to the quote that ended it.
bool SalvageParser::drop_early_end(std::size_t at) {
  if (last_ != Last::string || at != last_end_ || frames_.back().items == 0) return false;
  const StringToken rest = read_string(bytes_, at - 1, end_);
  if (rest.how != StringEnd::closed) return false;
  const std::size_t next = skip_blanks(bytes_, rest.end, end_);
  if (next >= end_ || (bytes_[next] != ',' && bytes_[next] != '}' && bytes_[next] != ']')) return false;
  drop_last(rest.end);
  return true;
}

void SalvageParser::mend_opener_after_item(std::size_t at) {
  if (drop_early_end(at)) return;
  if (is_restart(at)) return restart(at);
  if (is_turned_closer(at)) return close_instead(at);
  if (in_array()) return insert_comma();
  place_opener_in_object(at);
}

/// Whether a document like this one begins here, where nothing of the kind may stand.
bool SalvageParser::is_restart(std::size_t at) const {
  const ShapeId first = shapes_.first_member(k_root_shape);
  if (bytes_[at] != '{' || first == k_no_shape || opens(before_blanks(bytes_, begin_, at))) return false;
  const std::size_t quote = skip_blanks(bytes_, at + 1, end_);
  if (quote >= end_ || bytes_[quote] != '"' || key_at(quote) != shapes_.key(first)) return false;
  if (!in_array()) return true;
  const ShapeId sibling = shapes_.first_member(shapes_.find_element(frames_.back().shape));
  return sibling == k_no_shape || shapes_.key(sibling) != shapes_.key(first);
}

void SalvageParser::restart(std::size_t at) {
  attempt_.restart = at;
  finish(at, Kind::splice);
}

/// Whether the byte at `at`, behind an item, is all that stands where a comma did.
bool SalvageParser::was_comma(std::size_t at) const {
  const std::size_t next = skip_blanks(bytes_, at + 1, end_);
  // An escape is of a string that lost its opening quote.
  if (next >= end_ || frames_.empty() || bytes_[at] == '\\') return false;
  if (in_object()) return bytes_[next] == '"' && !key_at(next).empty();
  if (bytes_[next] == '{') return last_ == Last::closer;
  if (bytes_[next] != '"') return false;
  const StringToken token = read_string(bytes_, next, end_);
  if (token.how != StringEnd::closed) return false;
  const std::size_t after = skip_blanks(bytes_, token.end, end_);
  return after < end_ && (bytes_[after] == ',' || bytes_[after] == ']');
}

/// Drops what broke at `at` and goes on behind it.
void SalvageParser::break_item(std::size_t at) {
  trouble();
  if (state_ == State::after_item && was_comma(at)) return skip(at + 1, Kind::bad_syntax, Harm::none);
  if (give_up()) return;
  unsure_ = frames_.size();
  const std::size_t resume = end_of_break(at);
  if (in_object() && is_seam_in_item(at, resume)) doom_seam(at);
  // What was read last may stand before the opener of a container that has nothing yet.
  const bool touches_last = frames_.back().items > 0 && (last_ == Last::string || last_ == Last::scalar);
  if (state_ != State::after_item) {
    if (in_array()) begin_item(at);
    drop_item(resume, Kind::bad_syntax);
  } else if (touches_last) {
    drop_last_scalar();
    drop_item(resume, Kind::bad_syntax);
  } else {
    skip(resume, Kind::bad_syntax, Harm::loss);
  }
  settle_depth();
}

/// Where reading can go on behind the string in [begin, end) if it lost its closing quote and ended at the
/// next one's opening quote.
std::optional<std::size_t> SalvageParser::end_of_unclosed(std::size_t begin, std::size_t end) const {
  if (end <= begin + 1 || !is_opener(end - 1)) return std::nullopt;
  const std::size_t before = back_over_blanks(bytes_, begin + 1, end - 1);
  if (before == begin + 1) return std::nullopt;
  return bytes_[before - 1] == ':' ? end - 1 : before - 1;
}

/// Where reading can go on behind what broke at `at`: a comma, a closer, the beginning of an item, or
/// a hole.
std::size_t SalvageParser::end_of_break(std::size_t at) {
  if (state_ == State::after_item && last_ == Last::string) {
    if (const auto resume = end_of_unclosed(last_begin_, last_end_)) return *resume;
  }
  std::size_t from = at;
  std::size_t quote = 0;  // the next quote, looked for once
  const auto behind_string = [&](std::size_t closing) {
    const std::size_t next = skip_blanks(bytes_, closing + 1, end_);
    return next < end_ && bytes_[next] == ':' ? next + 1 : std::min(closing + 1, end_);
  };
  while (from < end_) {
    const char c = bytes_[from];
    if (c == '\0' && skip_nuls(bytes_, from, end_) - from >= k_hole_bytes) return from;
    if (c == '\\' && from + 1 < end_ && bytes_[from + 1] == '"') {
      from += 2;
      continue;
    }
    if (c == '"') {
      if (!is_opener(from)) {
        from = behind_string(from);
        continue;
      }
      std::size_t before = back_over_blanks(bytes_, at, from);
      if (before == at) return from > at ? from : behind_string(next_quote(from + 1));
      if (bytes_[before - 1] != ':') return before - 1;
      from = std::min(end_, next_quote(from + 1) + 1);
      continue;
    }
    if (c == ',' || c == '}' || c == ']') {
      if (quote <= from) quote = next_quote(from + 1);
      if (quote >= end_ || looks_open(quote) || !looks_closed(quote)) return from;
      from = behind_string(quote);  // text that lost its opening quote
      continue;
    }
    ++from;
  }
  return end_;
}

}  // namespace session::repair
