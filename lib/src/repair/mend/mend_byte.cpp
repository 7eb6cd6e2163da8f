#include "repair/mend/mend_byte.h"

#include <algorithm>

#include "repair/mend/unlikeness.h"
#include "repair/salvage/doubled.h"

namespace session::repair {
namespace {

// In the units of unlikeness_of(). A byte of content costs more than all that may tell where it belongs.
constexpr std::uint64_t k_lost_byte = 4;
constexpr std::uint64_t k_edit = 1;

/// Whether nothing but whole items, of which the first is no number, stand in a piece: those may well be
/// there twice.
bool holds_items(ByteView piece, const Shapes& layout) {
  constexpr ByteView k_between = ", \t\r\n";
  const std::size_t begin = piece.find_first_not_of(k_between);
  if (begin == ByteView::npos || ByteView("{[\"").find(piece[begin]) == ByteView::npos) return false;
  const std::size_t end = piece.find_last_not_of(k_between) + 1;
  return unlikeness_of('[' + Bytes(piece.substr(begin, end - begin)) + ']', layout).has_value();
}

struct Cost {
  std::uint64_t lost = 0;   ///< content that is nowhere else
  std::uint64_t edits = 0;  ///< marks that came or went
};

Cost cost_of(const Mended& mended, const DamagedText& text) {
  constexpr std::size_t k_few = 2;
  Cost cost{0, k_edit * mended.bytes_inserted};
  for (const DroppedRange& range : mended.dropped) {
    const ByteView piece = text.bytes.substr(range.offset, range.length);
    const bool is_doubled = second_writing(text.bytes, range.offset) == range.length;
    if (range.length <= k_few && std::ranges::all_of(piece, is_separator)) {
      cost.edits += k_edit;
    } else if (!is_doubled || holds_items(piece, text.layout)) {
      cost.lost += k_lost_byte * range.length;
    }
  }
  return cost;
}

/// Whether a document is an array without others in it. No program writes one shorter over a longer one.
bool is_flat_array(ByteView document) {
  const std::size_t open = document.find_first_of("[{");
  return open != ByteView::npos && document[open] == '[' &&
         document.find_first_of("[{", open + 1) == ByteView::npos;
}

/// Whether `reading`, without which `salvaged` is all that is left, may be what the text was though more than
/// one byte of it can have gone wrong.
bool may_be(const ByteReading& reading, const Mended& salvaged, const DamagedText& text) {
  if (salvaged.strategy == k_newest_version) return false;
  if (salvaged.headless) {
    // A closer that nothing opened is as likely to have lost its opener with the beginning.
    const bool opens = text.bytes.starts_with('{') || text.bytes.starts_with('[');
    return reading.change.at == 0 || (opens && reading.change.how != ByteChange::How::removed);
  }
  if (salvaged.strategy != k_drop_doubled || !is_only_longer(salvaged)) return true;
  return cost_of(salvaged, text).lost > 0;
}

/// Whether what follows a whole document is more of it, which a closer too many, or one in place of a comma,
/// ended too early; else it is what is left of a longer version of the file.
bool goes_on_behind(const ByteReading& reading, ByteView document) {
  const bool is_before_break = reading.change.at + 1 == reading.broken_at;
  const bool is_doubled = document.ends_with(Bytes(2, document.back()));
  return (reading.change.how == ByteChange::How::removed && is_before_break && is_doubled) ||
         is_flat_array(document);
}

}  // namespace

bool is_separator(char byte) {
  constexpr std::string_view k_separators = "{}[],:\" \xEF\xBB\xBF";
  return static_cast<unsigned char>(byte) < 0x20 || k_separators.find(byte) != std::string_view::npos;
}

bool is_only_longer(const Mended& mended) {
  return mended.values_dropped + mended.records_dropped + mended.bytes_inserted == 0 && !mended.part_missing;
}

bool makes_more_sense(const ByteReading& reading, const Mended& read, const Mended& salvaged,
                      const DamagedText& text) {
  if (!read.has_content || read.content == salvaged.content || !may_be(reading, salvaged, text)) return false;
  const std::optional<std::uint64_t> of_salvaged = unlikeness_of(salvaged.content, text.layout);
  const std::optional<std::uint64_t> of_read = unlikeness_of(read.content, text.layout);
  if (!salvaged.has_content || !of_salvaged) return true;
  if (!of_read) return false;
  if (salvaged.strategy == k_cut_trailing)
    return *of_read < *of_salvaged || goes_on_behind(reading, salvaged.content);
  const Cost with = cost_of(read, text);
  const Cost without = cost_of(salvaged, text);
  const std::uint64_t cost =
      std::max(*of_read, reading.unlikeness) + reading.distance_cost + with.lost + k_edit;
  return cost < *of_salvaged + without.lost + without.edits;
}

}  // namespace session::repair
