#include "repair/salvage/pieces.h"

#include <algorithm>
#include <iterator>

namespace session::repair {

void Pieces::insert(std::string_view text) {
  if (text.empty()) return;
  if (!pieces_.empty() && pieces_.back().is_text) {
    pieces_.back().length += text.size();
  } else {
    pieces_.push_back({text_.size(), text.size(), true});
  }
  text_ += text;
}

Pieces::Mark Pieces::mark_at(std::size_t at) const {
  const Piece& last = pieces_.back();
  if (at > last.at) return {pieces_.size(), at - last.at, text_.size()};
  const std::size_t count = pieces_.size() - 1;
  return {count, count == 0 ? 0 : pieces_[count - 1].length, text_.size()};
}

void Pieces::rollback(const Mark& mark) {
  pieces_.resize(mark.count);
  if (!pieces_.empty()) pieces_.back().length = mark.last_length;
  text_.resize(mark.inserted);
}

void Pieces::append(const Pieces& other) {
  for (const Piece& piece : other.pieces_) {
    if (piece.is_text) {
      insert(std::string_view(other.text_).substr(piece.at, piece.length));
    } else {
      keep(piece.at, piece.at + piece.length);
    }
  }
  reasons_.insert(reasons_.end(), other.reasons_.begin(), other.reasons_.end());
}

void Pieces::append_as_line(const Pieces& other, ByteView input) {
  Pieces line;
  line.text_ = other.text_;
  line.reasons_ = other.reasons_;
  for (const Piece& piece : other.pieces_) {
    if (piece.is_text) {
      line.pieces_.push_back(piece);
      continue;
    }
    const std::size_t end = piece.at + piece.length;
    for (std::size_t at = piece.at; at < end;) {
      const std::size_t stop = std::min(input.find('\n', at), end);
      line.keep(at, stop);
      if (stop < end) line.because(stop, Kind::split_record, Harm::none);
      at = stop + 1;
    }
  }
  append(line);
}

std::size_t Pieces::kept_end() const {
  const auto last =
      std::find_if(pieces_.rbegin(), pieces_.rend(), [](const Piece& piece) { return !piece.is_text; });
  return last == pieces_.rend() ? 0 : last->at + last->length;
}

std::uint64_t Pieces::kept_bytes() const {
  std::uint64_t sum = 0;
  for (const Piece& piece : pieces_) {
    if (!piece.is_text) sum += piece.length;
  }
  return sum;
}

Bytes Pieces::build(ByteView input) const {
  Bytes result;
  reserve_large(result, kept_bytes() + text_.size());
  for (const Piece& piece : pieces_) {
    result += (piece.is_text ? ByteView(text_) : input).substr(piece.at, piece.length);
  }
  return result;
}

std::vector<DroppedRange> Pieces::dropped(std::size_t size) const {
  std::vector<DroppedRange> ranges;
  std::size_t at = 0;
  const auto add = [&](std::size_t to) {
    if (to > at) ranges.push_back({at, to - at, Kind::bad_syntax, true});
  };
  // In their order in the input: the halves of a record that was joined stand around the record between them.
  std::vector<Piece> kept;
  std::copy_if(pieces_.begin(), pieces_.end(), std::back_inserter(kept),
               [](const Piece& piece) { return !piece.is_text; });
  std::sort(kept.begin(), kept.end(), [](const Piece& a, const Piece& b) { return a.at < b.at; });
  for (const Piece& piece : kept) {
    add(piece.at);
    at = piece.at + piece.length;
  }
  add(size);

  std::vector<Reason> reasons = reasons_;
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Reason& a, const Reason& b) { return a.at < b.at; });
  auto reason = reasons.begin();
  for (DroppedRange& range : ranges) {
    const std::uint64_t end = range.offset + range.length;
    while (reason != reasons.end() && reason->at < range.offset) ++reason;
    bool first = true;
    // A harmless reason names the range only as long as no loss does.
    for (; reason != reasons.end() && reason->at < end; ++reason) {
      if (first || (reason->harm == Harm::loss && !range.lost)) {
        range.because = reason->kind;
        range.lost = reason->harm == Harm::loss;
      }
      first = false;
    }
  }
  return ranges;
}

}  // namespace session::repair
