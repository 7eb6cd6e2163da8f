#include "repair/mend.h"

#include <algorithm>

#include "repair/conflict.h"
#include "repair/doubled.h"
#include "repair/encoding.h"

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

/// Whether no reader misses the byte: of punctuation, blanks, marks and NULs the result has what it needs,
/// and control characters are in it as escapes.
bool is_separator(char byte) {
  constexpr std::string_view k_separators = "{}[],:\" \xEF\xBB\xBF";
  return static_cast<unsigned char>(byte) < 0x20 || k_separators.find(byte) != std::string_view::npos;
}

/// What stands where a separator did is none itself: nobody knows what it was.
void tell_strays(std::vector<DroppedRange>& dropped, ByteView bytes) {
  for (DroppedRange& range : dropped) {
    if (!range.lost)
      range.lost = !std::ranges::all_of(bytes.substr(range.offset, range.length), is_separator);
  }
}

Mended mend_text(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& given) {
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

std::uint64_t bytes_of(const std::vector<DroppedRange>& dropped) {
  std::uint64_t bytes = 0;
  for (const DroppedRange& range : dropped) bytes += range.length;
  return bytes;
}

/// Whether a document is better off without `doubled`: nothing is wrong with it then, or more of it is kept.
bool is_better(const Mended& without, const Doubled& doubled, const Mended& with) {
  const bool is_whole = without.values_dropped == 0 && without.bytes_inserted == 0 && !without.part_missing &&
                        std::ranges::none_of(without.dropped, &DroppedRange::lost);
  // One that is only cut may have objects in objects like them.
  if (!doubled.in_token && with.strategy == k_close_cut_tail) return false;
  return is_whole || bytes_of(without.dropped) + doubled.length < bytes_of(with.dropped);
}

/// What was dropped, in the bytes of the text that has `doubled` too.
void put_back(const Doubled& doubled, std::vector<DroppedRange>& dropped) {
  std::vector<DroppedRange> ranges;
  const auto add = [&](std::uint64_t from, std::uint64_t to, const DroppedRange& like) {
    if (from < to) ranges.push_back({from, to - from, like.because, like.lost});
  };
  for (const DroppedRange& range : dropped) {
    const std::uint64_t end = range.offset + range.length;
    add(range.offset, std::min<std::uint64_t>(end, doubled.at), range);
    add(std::max<std::uint64_t>(range.offset, doubled.at) + doubled.length, end + doubled.length, range);
  }
  ranges.push_back({doubled.at, doubled.length, Kind::bad_syntax, true});
  std::ranges::sort(ranges, {}, &DroppedRange::offset);
  dropped = std::move(ranges);
}

/// mend_text() of a document, without what was written twice in it where that explains what is wrong.
Mended mend_document(ByteView bytes, const Layout* layout, const SalvageOptions& options) {
  Mended best = mend_text(bytes, Format::json, layout, options);
  // What follows a whole document may repeat its end, and of several versions each is there for itself.
  const bool is_broken = best.values_dropped + best.records_dropped > 0 || best.part_missing;
  if (best.strategy == k_newest_version || !is_broken) return best;
  for (const Doubled& doubled : find_doubled(bytes)) {
    Mended other = mend_text(without(bytes, doubled), Format::json, layout, options);
    if (!other.has_content || other.strategy == k_newest_version || !is_better(other, doubled, best))
      continue;
    put_back(doubled, other.dropped);
    other.strategy = k_drop_doubled;
    best = std::move(other);
  }
  return best;
}

/// The origin of what was dropped from `side`, and the lines that are not part of it.
std::vector<DroppedRange> origin_of(const Side& side, const std::vector<DroppedRange>& dropped,
                                    std::size_t size) {
  std::vector<DroppedRange> ranges;
  std::size_t at = 0;
  for (const Side::Span& span : side.spans) {
    if (span.origin > at) ranges.push_back({at, span.origin - at, Kind::merge_conflict, true});
    at = span.origin + span.length;
    for (const DroppedRange& range : dropped) {
      const std::uint64_t from = std::max<std::uint64_t>(range.offset, span.at);
      const std::uint64_t to = std::min<std::uint64_t>(range.offset + range.length, span.at + span.length);
      if (from < to) ranges.push_back({span.origin + (from - span.at), to - from, range.because, range.lost});
    }
  }
  if (at < size) ranges.push_back({at, size - at, Kind::merge_conflict, true});
  return ranges;
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
  chosen.dropped = origin_of(take_theirs ? conflict.theirs : conflict.ours, chosen.dropped, size);
  chosen.strategy = "newer-side";
  return std::move(chosen);
}

Mended mend_utf8(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& options) {
  if (const std::optional<Conflict> conflict = split_conflict(bytes)) {
    return mend_conflict(*conflict, bytes.size(), format, layout, options);
  }
  return format == Format::json ? mend_document(bytes, layout, options)
                                : mend_text(bytes, format, layout, options);
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
