#include "repair/mend/mend.h"

#include <algorithm>

#include "repair/mend/byte_readings.h"
#include "repair/mend/conflict.h"
#include "repair/mend/encoding.h"
#include "repair/mend/mend_byte.h"
#include "repair/mend/old_block.h"
#include "repair/salvage/doubled.h"
#include "repair/salvage/lines.h"
#include "repair/salvage/reads_on.h"
#include "repair/salvage/spans.h"

namespace session::repair {
namespace {

/// Whether a bracket was put in or left out: what is in what was then found out, not read.
bool is_regrouped(const Pieces& pieces, const std::vector<DroppedRange>& dropped, ByteView bytes) {
  constexpr std::string_view k_brackets = "{}[]";
  return pieces.inserts_any_of(k_brackets) ||
         std::any_of(dropped.begin(), dropped.end(), [&](const DroppedRange& range) {
           return !range.lost &&
                  bytes.substr(range.offset, range.length).find_first_of(k_brackets) != ByteView::npos;
         });
}

/// What stands where a separator did is none itself: nobody knows what it was.
void tell_strays(std::vector<DroppedRange>& dropped, ByteView bytes) {
  for (DroppedRange& range : dropped) {
    if (!range.lost)
      range.lost = !std::ranges::all_of(bytes.substr(range.offset, range.length), is_separator);
  }
}

Mended mend_as_it_stands(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& given) {
  SalvageOptions options = given;
  options.layout = layout;
  Shapes shapes(layout);
  const Salvaged salvaged = format == Format::json ? salvage_json(bytes, shapes, options)
                                                   : salvage_json_lines(bytes, shapes, options);
  Mended mended;
  mended.has_content = salvaged.has_content;
  mended.strategy = salvaged.strategy;
  mended.records_dropped = salvaged.records_dropped;
  mended.values_dropped = salvaged.values_dropped;
  mended.part_missing = salvaged.part_missing;
  mended.headless = salvaged.headless;
  if (!salvaged.has_content) {
    if (!bytes.empty()) mended.dropped.push_back({0, bytes.size(), Kind::not_json, true});
    return mended;
  }
  mended.content = salvaged.pieces.build(bytes);
  mended.dropped = salvaged.pieces.dropped(bytes.size());
  tell_strays(mended.dropped, bytes);
  mended.bytes_inserted = salvaged.pieces.inserted_bytes();
  mended.part_missing = mended.part_missing || is_regrouped(salvaged.pieces, mended.dropped, bytes);
  return mended;
}

/// The same of a text that is read in place of the input of `size` bytes.
Mended mend_reading(const Reading& reading, std::size_t size, Format format, const Layout* layout,
                    const SalvageOptions& options) {
  Mended mended = mend_as_it_stands(reading.text, format, layout, options);
  mended.dropped = dropped_of_input(reading.spans, mended.dropped, size, Kind::bad_syntax);
  return mended;
}

std::uint64_t bytes_of(const std::vector<DroppedRange>& dropped) {
  std::uint64_t bytes = 0;
  for (const DroppedRange& range : dropped) bytes += range.length;
  return bytes;
}

/// Whether nothing is wrong with a text but `doubled`.
bool is_all(const Doubled& doubled, const Mended& without) {
  return without.values_dropped == 0 && without.bytes_inserted == 0 && !without.part_missing &&
         std::ranges::all_of(without.dropped, [&](const DroppedRange& range) {
           return !range.lost || (range.offset == doubled.at && range.length == doubled.length);
         });
}

/// Whether something is lost of a text, or had to be put in.
bool is_broken(const Mended& mended) {
  return mended.values_dropped + mended.records_dropped + mended.bytes_inserted > 0 || mended.part_missing ||
         std::ranges::any_of(mended.dropped, [](const DroppedRange& range) { return range.lost; });
}

/// Whether only the end of the document is missing, or of one of the records: there may be objects in objects
/// like them.
bool is_only_cut(ByteView bytes, Format format) {
  if (format == Format::json) return reads_on(bytes, 0, bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    if (reads_on(bytes, at, end)) return true;
    at = end + 1;
  }
  return false;
}

/// Whether all that is lost lies in the lines of what stands twice: else that does not explain it.
bool may_explain(const Doubled& doubled, const Mended& mended, ByteView bytes) {
  const std::size_t before = bytes.substr(0, doubled.at - doubled.length).rfind('\n');
  const std::size_t from = before == ByteView::npos ? 0 : before;
  const std::size_t to = std::min(bytes.find('\n', doubled.at + doubled.length), bytes.size());
  return std::ranges::all_of(mended.dropped, [&](const DroppedRange& range) {
    return !range.lost || (range.offset >= from && range.offset + range.length <= to + 1);
  });
}

/// Whether `line` is `record` without a few bytes in one place: too few to stand twice.
bool lacks_few(ByteView line, ByteView record) {
  if (line.size() >= record.size() || record.size() - line.size() >= k_shortest_doubled) return false;
  const auto [first, other] = std::ranges::mismatch(line, record);
  const auto prefix = static_cast<std::size_t>(first - line.begin());
  return record.ends_with(line.substr(prefix));
}

/// Whether what stands twice may be records of the file itself. Rows that repeat are its own; what a line and
/// others begin with is what is left of a record that was cut; and where a whole record would go, another
/// that lacks a few bytes may look like the seam.
bool may_be_records(const Doubled& doubled, const Reading& once, ByteView bytes) {
  const std::size_t first = doubled.at - doubled.length;
  const ByteView piece = bytes.substr(first, doubled.length);
  const ByteView stub = piece.substr(piece.front() == '\n' ? 1 : 0);
  if (stub.find('\n') == ByteView::npos) {
    const bool begins_line = stub.size() < piece.size() || first == 0 || bytes[first - 1] == '\n';
    return begins_line && is_repeated(stub, once.text, LineMatch::beginning);
  }
  const bool holds_record = piece.find('\n') != piece.rfind('\n');
  const ByteView seam = lines_at(bytes, doubled.at, doubled.at).front();
  return std::ranges::any_of(lines_at(once.text, first, doubled.at), [&](ByteView record) {
    return !record.empty() &&
           (is_repeated(record, once.text, LineMatch::whole) || (holds_record && lacks_few(seam, record)));
  });
}

/// A text as it stands, or without one of the pieces that stand twice in it where that explains what is
/// wrong, or, in a document, at least keeps more.
Mended mend_doubled(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& options) {
  Mended best = mend_as_it_stands(bytes, format, layout, options);
  // Of several versions each is there for itself.
  if (!is_broken(best) || best.strategy == k_newest_version) return best;
  const std::vector<Doubled> found = find_doubled(bytes);
  const bool may_be_own = !found.empty() && (is_only_longer(best) || is_only_cut(bytes, format));
  for (const Doubled& doubled : found) {
    if (!doubled.in_token && may_be_own) continue;
    const Reading once = without(bytes, doubled);
    const bool may_be = format == Format::json ||
                        (may_explain(doubled, best, bytes) && !may_be_records(doubled, once, bytes));
    if (!may_be) continue;
    Mended other = mend_reading(once, bytes.size(), format, layout, options);
    if (!other.has_content || other.strategy == k_newest_version) continue;
    other.strategy = k_drop_doubled;
    if (is_all(doubled, other) && other.content != best.content) return other;
    if (format == Format::json && bytes_of(other.dropped) < bytes_of(best.dropped)) best = std::move(other);
  }
  return best;
}

/// The same, or a document as it was before one byte of it went wrong, where that makes more sense.
Mended mend_one_byte(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& options) {
  Mended best = mend_doubled(bytes, format, layout, options);
  if (format != Format::json || !is_broken(best)) return best;
  const Shapes shapes(layout);
  const std::optional<ByteReading> reading = read_with_one_byte(bytes, shapes);
  if (!reading) return best;
  Mended other = mend_reading(reading->reading, bytes.size(), format, layout, options);
  other.strategy = k_salvage;
  other.bytes_inserted += reading->inserted;
  other.values_dropped += reading->values;
  other.part_missing = true;
  return makes_more_sense(*reading, other, best, {bytes, shapes}) ? other : best;
}

/// The text without what came into it from elsewhere, where that explains what is wrong.
Mended mend_text(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& options) {
  // First: where a block begins or ends nobody writes twice by chance.
  if (const std::optional<Reading> realigned = realign_old_block(bytes, format)) {
    Mended mended = mend_reading(*realigned, bytes.size(), format, layout, options);
    mended.part_missing = true;
    // The NULs are ours.
    if (mended.strategy == k_strip_nuls) mended.strategy = k_salvage;
    if (mended.has_content) return mended;
  }
  return mend_one_byte(bytes, format, layout, options);
}

/// One whole side of a conflict: the newer, unless the other one alone is whole.
Mended mend_conflict(const Conflict& conflict, std::size_t size, Format format, const Layout* layout,
                     const SalvageOptions& options) {
  Mended ours = mend_text(conflict.ours.text, format, layout, options);
  Mended theirs = mend_text(conflict.theirs.text, format, layout, options);
  const auto lost = [](const Mended& mended) { return mended.values_dropped + mended.records_dropped; };
  bool take_theirs = conflict.theirs.latest != conflict.ours.latest
                         ? conflict.theirs.latest > conflict.ours.latest
                         : conflict.theirs.own_bytes >= conflict.ours.own_bytes;
  const Mended& preferred = take_theirs ? theirs : ours;
  const Mended& other = take_theirs ? ours : theirs;
  if ((lost(preferred) > 0 || !preferred.has_content) && lost(other) == 0 && other.has_content) {
    take_theirs = !take_theirs;
  }
  Mended& chosen = take_theirs ? theirs : ours;
  const Side& side = take_theirs ? conflict.theirs : conflict.ours;
  chosen.dropped = dropped_of_input(side.spans, chosen.dropped, size, Kind::merge_conflict);
  chosen.strategy = "newer-side";
  return std::move(chosen);
}

Mended mend_utf8(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& options) {
  if (const std::optional<Conflict> conflict = split_conflict(bytes)) {
    return mend_conflict(*conflict, bytes.size(), format, layout, options);
  }
  return mend_text(bytes, format, layout, options);
}

/// What was dropped, in the bytes of the wide text it was decoded from.
void map_to_origin(const WideText& text, ByteView input, std::vector<DroppedRange>& dropped) {
  WideText::Origin origin(text, input);
  for (DroppedRange& range : dropped) {
    const std::uint64_t end = range.offset + range.length;
    range.offset = origin.of(range.offset);
    range.length = origin.of(end) - range.offset;
  }
  if (text.text_begin > 0) dropped.insert(dropped.begin(), {0, text.text_begin, Kind::utf16, false});
  if (text.bytes_dropped > 0) {
    dropped.push_back({input.size() - text.bytes_dropped, text.bytes_dropped, Kind::torn_tail, true});
  }
}

}  // namespace

Mended mend(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& options) {
  const std::optional<WideText> wide = decode_wide(bytes);
  if (!wide) return mend_utf8(bytes, format, layout, options);
  Mended mended = mend_utf8(wide->utf8, format, layout, options);
  map_to_origin(*wide, bytes, mended.dropped);
  if (mended.values_dropped == 0) mended.strategy = "decode";
  return mended;
}

}  // namespace session::repair
