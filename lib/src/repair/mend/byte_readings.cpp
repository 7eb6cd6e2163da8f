#include "repair/mend/byte_readings.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "repair/mend/one_byte.h"
#include "repair/mend/unlikeness.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

using How = ByteChange::How;

constexpr std::size_t k_largest_text = std::size_t{1} << 20;
// So many bytes of readings are compared.
constexpr std::size_t k_most_compared = std::size_t{4} << 20;

// How seldom a byte goes wrong in a way, in the units of unlikeness_of(). Where a text breaks is mostly where
// it did; bytes are doubled more often than put in. A letter that became a quote is less likely than a quote
// that is gone, which loses nothing else; and what stands right inside the quotes of a string is seldom
// punctuation.
constexpr std::uint64_t k_elsewhere = 4;
constexpr std::uint64_t k_not_removed = 1;
constexpr std::uint64_t k_not_doubled = 2;
constexpr std::uint64_t k_letter_for_quote = 4;
constexpr std::uint64_t k_letter_for_mark = 12;
constexpr std::uint64_t k_mark_at_quote = 6;
// A reading in which a value stays unsure needs no less to be true than one in which none does.
constexpr std::uint64_t k_unsure = 2;
constexpr std::uint64_t k_unsure_byte = 2;
// So little more speaks for one reading than for another that drops a value, that the value goes.
constexpr std::uint64_t k_close = 3;

struct Range {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// The innermost item of the whole document `text` whose key or value, a scalar, holds the byte at `at`, with
/// one comma beside it. The whole text where it is the root.
Range item_around(ByteView text, std::size_t at) {
  struct Level {
    std::size_t item;
    std::size_t before;  ///< where its comma stands, or its first byte
  };
  std::vector<Level> levels;
  std::optional<std::size_t> depth;  ///< of the item, once it was reached
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::size_t last = i;
    if (c == '"') last = read_string(text, i, text.size()).end - 1;
    if (!depth && last >= at) depth = levels.size();
    i = last;
    if (c == '{' || c == '[') levels.push_back({i + 1, i + 1});
    const bool is_end = c == ',' || c == '}' || c == ']';
    if (is_end && levels.empty()) break;  // not whole
    if (is_end && depth && levels.size() == *depth) {
      const Level& level = levels.back();
      if (level.before < level.item) return {level.before, back_over_blanks(text, level.item, i)};
      return {level.item, c == ',' ? i + 1 : i};
    }
    if (c == '}' || c == ']') levels.pop_back();
    if (c == ',') levels.back() = {i + 1, i};
  }
  return {0, text.size()};
}

Bytes changed(ByteView text, const ByteChange& change) {
  Bytes result(text.substr(0, change.at));
  if (change.how != How::removed) result += change.byte;
  result += text.substr(change.at + (change.how == How::inserted ? 0 : 1));
  return result;
}

/// The string that a quote made.
struct MadeString {
  ByteView text;  ///< its content
  bool is_key = false;
  std::size_t value = 0;           ///< what a key names stands behind this
  bool has_mark_at_quote = false;  ///< punctuation stands in it, right beside the quote
};

std::optional<MadeString> made_string(ByteView whole, const ByteChange& change) {
  if (change.byte != '"') return std::nullopt;
  const bool opens = !change.in_string;
  const std::size_t begin = opens ? change.at : whole.rfind('"', change.at - 1);
  if (begin == ByteView::npos) return std::nullopt;
  const std::size_t end = read_string(whole, begin, whole.size()).end;
  const std::size_t next = skip_blanks(whole, end, whole.size());
  const std::size_t beside = opens ? change.at + 1 : change.at - 1;
  const bool is_mark = beside < whole.size() && ByteView("{}[]:,\\ ").find(whole[beside]) != ByteView::npos;
  return MadeString{whole.substr(begin + 1, end - std::min(end, begin + 2)),
                    next < whole.size() && whole[next] == ':', is_mark};
}

bool is_content(char byte) { return is_of_word(byte) || byte == '\\'; }

/// A change, and how much speaks against it.
struct Candidate {
  ByteChange change;
  std::uint64_t unlikeness = 0;
  std::uint64_t cost = 0;
  std::uint64_t lost = 0;       ///< what it costs besides that a value goes
  std::optional<Range> unsure;  ///< what goes with it, in the changed text
  bool is_member = false;       ///< that is all that an unsure key names
};

/// How seldom a byte goes wrong that way.
std::uint64_t unlikelihood_of(ByteView text, const ByteChange& change, const std::optional<MadeString>& made,
                              bool is_unsure, std::size_t broken_at) {
  const std::size_t distance = change.at > broken_at ? change.at - broken_at : broken_at - change.at;
  std::uint64_t cost = distance > 1 ? k_elsewhere : 0;
  const bool is_lost =
      change.how != How::inserted && !is_unsure && !change.in_scalar && is_content(text[change.at]);
  if (is_lost) cost += change.byte == '"' ? k_letter_for_quote : k_letter_for_mark;
  if (change.how != How::removed) cost += k_not_removed;
  const bool is_doubled =
      change.how == How::removed && change.at > 0 && text[change.at - 1] == text[change.at];
  if (!is_doubled) cost += k_not_doubled;
  return cost + (made && made->has_mark_at_quote ? k_mark_at_quote : 0);
}

/// Whether the document has that key elsewhere too, or its layout does.
bool is_known_key(ByteView text, ByteView key, const Shapes& layout) {
  const std::string quoted = '"' + std::string(key) + '"';
  return layout.is_named(key) || text.find(quoted) != ByteView::npos;
}

/// Where, in the changed text, scalars stand of which nobody knows what they were, ascending. Nobody knows
/// where a string began or ended whose quote is gone, whether a number had one more digit where a mark stands
/// now, or where in a run of digits the mark stood.
std::vector<std::size_t> unsure_places(ByteView text, ByteView whole, const ByteChange& change,
                                       const std::optional<MadeString>& made) {
  if (change.in_scalar || made) return {change.at};
  std::vector<std::size_t> places;
  const bool before = change.at > 0 && is_of_word(whole[change.at - 1]);
  const bool behind = change.at + 1 < whole.size() && is_of_word(whole[change.at + 1]);
  const bool goes = change.how != How::inserted;
  const bool was_digit =
      goes && (text[change.at] == '\0' || (change.how == How::replaced && is_of_word(text[change.at])));
  if (!was_digit && !(change.how == How::inserted && before && behind)) return places;
  if (before) places.push_back(change.at - 1);
  if (behind) places.push_back(change.at + 1);
  return places;
}

/// The items at `places`, one or two that follow each other, with one comma beside them.
Range items_around(ByteView text, const std::vector<std::size_t>& places) {
  Range items = item_around(text, places.front());
  if (places.size() == 1) return items;
  const Range last = item_around(text, places.back());
  const bool is_first = text[items.from] != ',';
  items = {std::min(items.from, last.from), std::max(items.to, last.to)};
  if (is_first && items.to < text.size() && text[items.to] == ',') ++items.to;
  return items;
}

/// Where, if the byte at `at` lies in the key with which `item` begins, what it names begins.
std::optional<std::size_t> value_named_at(ByteView whole, const Range& item, std::size_t at) {
  const std::size_t begin = whole.find('"', item.from);
  if (begin >= item.to || begin > at) return std::nullopt;
  const std::size_t end = read_string(whole, begin, item.to).end;
  const std::size_t next = skip_blanks(whole, end, item.to);
  if (at >= end || next >= item.to || whole[next] != ':') return std::nullopt;
  return next + 1;
}

/// How many values stand in a text, about.
std::size_t values_in(ByteView text) {
  std::size_t count = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') at = read_string(text, at, text.size()).end - 1;
    if (at < text.size() && text[at] == ',') ++count;
  }
  return count;
}

std::optional<Candidate> judge(ByteView text, const ByteChange& change, std::size_t broken_at,
                               const Shapes& layout) {
  const Bytes whole = changed(text, change);
  const std::optional<std::uint64_t> unlikeness = unlikeness_of(whole, layout);
  if (!unlikeness) return std::nullopt;
  const std::optional<MadeString> made = made_string(whole, change);
  Candidate candidate{change, *unlikeness, 0, 0, std::nullopt, false};
  // Punctuation in the place of a key's quote was no part of the key.
  const bool is_mark = change.how == How::replaced && !is_of_word(text[change.at]);
  const bool is_known = made && made->is_key && (is_mark || is_known_key(text, made->text, layout));
  const std::vector<std::size_t> places =
      is_known ? std::vector<std::size_t>() : unsure_places(text, whole, change, made);
  if (!places.empty()) {
    const Range item = items_around(whole, places);
    const std::optional<std::size_t> value = value_named_at(whole, item, places.front());
    candidate.is_member = value.has_value();
    // A key is no value: what it names stays where most of the document would go with it.
    // Without a byte too many a key is what it was, or nearly.
    const bool is_nearly = made ? !made->has_mark_at_quote : change.how == How::removed;
    const ByteView named = value ? ByteView(whole).substr(*value, item.to - *value) : ByteView();
    const std::size_t comma = named.ends_with(',') ? 1 : 0;
    const bool is_much =
        is_nearly && value && 2 * values_in(named.substr(0, named.size() - comma)) > values_in(whole);
    if (!is_much) {
      candidate.unsure = item;
      candidate.lost = k_unsure_byte * (item.to - item.from);
    }
  }
  candidate.cost = *unlikeness +
                   unlikelihood_of(text, change, made, candidate.unsure.has_value(), broken_at) +
                   (candidate.unsure ? k_unsure : 0);
  return candidate;
}

/// Whether a digit is put in, or in the place of punctuation: that may have been anywhere.
bool is_digit_for_mark(ByteView text, const ByteChange& change) {
  if (!change.in_scalar || !is_digit(change.byte)) return false;
  return change.how == How::inserted || !is_blank(text[change.at]);
}

/// Of the candidates that are nearly as likely as `best` the one that leaves the most unsure around the
/// place.
const Candidate& safest(ByteView text, const std::vector<Candidate>& candidates, const Candidate& best) {
  const Candidate* safest = &best;
  const auto size = [](const Candidate& one) { return one.unsure ? one.unsure->to - one.unsure->from : 0; };
  for (const Candidate& other : candidates) {
    if (!other.unsure || other.is_member || other.cost > best.cost + k_close) continue;
    if (is_digit_for_mark(text, other.change)) continue;
    const bool holds = other.unsure->from <= best.change.at + 1 && best.change.at <= other.unsure->to;
    if (holds && size(other) > size(*safest)) safest = &other;
  }
  return *safest;
}

/// The text with the change, without the value that it leaves unsure.
ByteReading read_as(ByteView text, const Candidate& candidate) {
  const ByteChange& change = candidate.change;
  ByteReading result;
  result.change = change;
  result.unlikeness = candidate.unlikeness;
  Reading& reading = result.reading;
  reading.text = changed(text, change);
  const std::size_t behind = change.at + (change.how == How::inserted ? 0 : 1);
  const std::size_t comes = change.how == How::removed ? 0 : 1;
  if (!candidate.unsure) {
    reading.spans = {{0, 0, change.at}, {change.at + comes, behind, text.size() - behind}};
    result.inserted = comes;
    return result;
  }
  const auto origin = [&](std::size_t at) {
    return at <= change.at ? at : at - comes + (behind - change.at);
  };
  const Range item = *candidate.unsure;
  result.values = values_in(ByteView(reading.text).substr(item.from, item.to - item.from).substr(1));
  reading.text.erase(item.from, item.to - item.from);
  reading.spans = {{0, 0, item.from}, {item.from, origin(item.to), text.size() - origin(item.to)}};
  return result;
}

}  // namespace

std::optional<ByteReading> read_with_one_byte(ByteView text, const Shapes& layout) {
  if (text.size() > k_largest_text) return std::nullopt;
  ByteChanges changes = find_byte_changes(text);
  const auto distance = [&](const ByteChange& change) {
    return change.at > changes.broken_at ? change.at - changes.broken_at : changes.broken_at - change.at;
  };
  std::ranges::stable_sort(changes.all, {}, distance);
  std::vector<Candidate> candidates;
  for (const ByteChange& change : changes.all) {
    if (candidates.size() * text.size() > k_most_compared) break;
    if (auto candidate = judge(text, change, changes.broken_at, layout))
      candidates.push_back(std::move(*candidate));
  }
  if (candidates.empty()) return std::nullopt;
  const auto best =
      std::ranges::min_element(candidates, {}, [](const Candidate& one) { return one.cost + one.lost; });
  const Candidate& chosen = safest(text, candidates, *best);
  ByteReading reading = read_as(text, chosen);
  reading.broken_at = changes.broken_at;
  reading.distance_cost = distance(chosen.change) > 1 ? k_elsewhere : 0;
  return reading;
}

}  // namespace session::repair
