// Records of which the parts lie on several lines: broken over them, with another one written into them, or
// of two writers that took turns.

#include "json/scanner.h"
#include "repair/mend/alternating.h"
#include "repair/mend/salvage_lines.h"
#include "repair/mend/split_record.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

/// Whether `beginning`, that of a record, ends in a number that may go on.
bool is_cut_in_number(ByteView beginning) {
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  scanner.feed(beginning.data(), beginning.data() + beginning.size(), 0);
  return scanner.open_token() && !scanner.within_string() && is_digit(beginning.back());
}

}  // namespace

/// The end of the lines from next_ on that are no records by themselves.
std::size_t LinesSalvage::end_of_fragments() {
  if (fragments_end_ >= next_) return fragments_end_;
  std::size_t line = next_;
  while (line < bytes_.size()) {
    const std::size_t stop = line_end(line);
    const std::size_t at = skip_blanks(bytes_, line, stop);
    if (at < stop && bytes_[at] == '{') {
      Shapes scratch;
      const Attempt own = salvage_document(bytes_, at, stop, scratch, options_);
      if (own.clean && own.closed && skip_blanks(bytes_, own.end, stop) == stop) break;
    }
    line = std::min(stop + 1, bytes_.size());
  }
  return fragments_end_ = line;
}

/// A record broken over several lines: joined if all of it is there.
bool LinesSalvage::join_lines(std::size_t begin, std::size_t end) {
  if (next_ >= bytes_.size() || (bytes_[begin] != '{' && bytes_[begin] != '[')) return false;
  const std::size_t limit = end_of_fragments();
  if (limit <= next_ || joined_ + (limit - begin) > k_join_factor * bytes_.size()) return false;
  const std::optional<SplitRecord> split = read_split_record(bytes_, begin, limit, look_around_);
  if (split) {
    joined_ += split->end - begin;
    result_.part_missing = result_.part_missing || split->is_found_out;
    const Pieces pieces = without_breaks(bytes_, begin, *split);
    if (is_record(pieces.build(bytes_))) {
      result_.pieces.append(pieces);
      keep_joined(split->end);
      return true;
    }
  }
  SalvageOptions joining = options_;
  joining.line_framed = false;
  joining.only_whole = true;
  const Attempt attempt = salvage_document(bytes_, begin, limit, shapes_, joining);
  joined_ += attempt.end - begin;
  if (!attempt.closed || attempt.values_dropped > 0 || attempt.end <= end) return false;
  // One that was cut, and the next: what ends at the break may be half a number.
  if (attempt.pieces.inserts_any_of("{}[],:")) return false;
  const std::size_t to = line_end(attempt.end);
  if (skip_blanks(bytes_, attempt.end, to) != to) return false;
  result_.pieces.append_as_line(attempt.pieces, bytes_);
  keep_joined(attempt.end);
  return true;
}

/// Keeps the record of the lines up to the one in which it ends, at `record_end`.
void LinesSalvage::keep_joined(std::size_t record_end) {
  const std::size_t to = line_end(record_end);
  result_.has_content = true;
  end_record(record_end, to);
  note("join-lines");
  next_ = std::min(to + 1, bytes_.size());
}

/// A record into whose middle another one was written: its halves are joined if together they parse.
bool LinesSalvage::join_halves(const Attempt& outer, const Attempt& inner, std::size_t end) {
  if (!inner.closed || !inner.clean || !outer.restart) return false;
  std::size_t from = inner.end;
  std::size_t to = end;
  bool next_line = false;
  if (skip_blanks(bytes_, from, to) == to && next_ < bytes_.size()) {
    from = next_;
    to = line_end(from);
    next_line = true;
  }
  if (from >= to || halves_ + (to - from) > k_join_factor * bytes_.size()) return false;
  halves_ += to - from;
  // What is whole is no half.
  if (next_line && is_record(bytes_.substr(from, to - from))) return false;
  const ByteView other = bytes_.substr(inner.begin, inner.end - inner.begin);
  const Bytes joined =
      Bytes(bytes_.substr(outer.begin, *outer.restart - outer.begin)) + Bytes(bytes_.substr(from, to - from));
  const bool may_join = !has_repeated_key(other) && is_record(joined);
  // Half a key and half of another are one that no record has.
  // Of a number nobody sees that its halves are those of two.
  const bool is_doubtful = !may_join ||
                           is_cut_in_number(bytes_.substr(outer.begin, *outer.restart - outer.begin)) ||
                           starts_.has_unknown_key(joined) || starts_.has_unknown_key(other);
  if (next_line && is_doubtful && drop_alternating(outer, inner, to)) return true;
  if (!may_join) return false;
  result_.pieces.keep(outer.begin, *outer.restart);
  result_.pieces.keep(from, to);
  result_.pieces.insert("\n");
  keep_record(inner);
  result_.pieces.insert("\n");
  note("join-halves");
  if (next_line) next_ = std::min(to + 1, bytes_.size());
  return true;
}

/// Where the halves of two records alternate it is not known where they meet: `outer`, `inner` and the next
/// line, up to `end`, go.
bool LinesSalvage::drop_alternating(const Attempt& outer, const Attempt& inner, std::size_t end) {
  const ByteView rest = bytes_.substr(next_, end - next_);
  const std::size_t first = skip_blanks(rest, 0, rest.size());
  if (first == rest.size() || rest[first] == '{') return false;
  const ByteView beginning = bytes_.substr(outer.begin, *outer.restart - outer.begin);
  if (!are_alternating(beginning, bytes_.substr(inner.begin, inner.end - inner.begin), rest)) return false;
  result_.pieces.because(outer.begin, Kind::splice, Harm::loss);
  result_.records_dropped += 2;
  result_.values_dropped += inner.values_kept;
  note("split-spliced");
  next_ = std::min(end + 1, bytes_.size());
  return true;
}

/// join_halves() where the other one begins in place of a value, and grammar alone would take it for that:
/// told by its first key, which is that of the record it was written into.
bool LinesSalvage::join_interleaved(std::size_t begin, std::size_t end) {
  const ByteView line = bytes_.substr(0, end);
  const std::size_t key = skip_blanks(bytes_, begin + 1, end);
  if (bytes_[begin] != '{' || key >= end || bytes_[key] != '"') return false;
  const std::size_t key_end = read_string(bytes_, key, end).end;
  const ByteView beginning = bytes_.substr(begin, key_end - begin);
  std::size_t found = line.find(beginning, key_end);
  for (; found != ByteView::npos; found = line.find(beginning, found + 1)) {
    if (halves_ + (end - found) > k_join_factor * bytes_.size()) return false;
    halves_ += end - found;
    Attempt outer;
    outer.begin = begin;
    outer.restart = found;
    if (join_halves(outer, salvage_document(bytes_, found, end, shapes_, options_), end)) return true;
  }
  return false;
}

/// The halves of records of two writers that took turns, in the line up to `end` and the next: joined where
/// they fit in one way only. What is whole between them was written into the other.
bool LinesSalvage::join_turns(std::size_t begin, std::size_t end) {
  const std::size_t to = line_end(next_);
  if (next_ >= bytes_.size() || bytes_[begin] != '{' || is_record(bytes_.substr(next_, to - next_))) {
    return false;
  }
  if (starts_.find_glued(begin, end, Proof::none)) return false;
  for (std::size_t at = begin + 1; (at = bytes_.substr(0, end).find('{', at)) != ByteView::npos; ++at) {
    if (!starts_.may_begin(at, end)) continue;
    if (halves_ + (to - begin) > k_join_factor * bytes_.size()) return false;
    halves_ += to - begin;
    if (join_turns_at(begin, at, end)) return true;
  }
  return false;
}

bool LinesSalvage::join_turns_at(std::size_t begin, std::size_t restart, std::size_t end) {
  const std::size_t to = line_end(next_);
  const ByteView beginning = bytes_.substr(begin, restart - begin);
  const ByteView middle = bytes_.substr(restart, end - restart);
  const ByteView rest = bytes_.substr(next_, to - next_);
  const std::optional<Turn> turn = find_turn(beginning, middle, rest);
  if (!turn) return false;
  const std::size_t parted = restart + turn->at;
  const Bytes one = Bytes(beginning).append(middle.substr(turn->at));
  const Bytes other = Bytes(middle.substr(0, turn->at)).append(rest);
  if (!is_record(one) || !is_record(other)) return false;
  if (!turn->is_only || starts_.has_unknown_key(one) || starts_.has_unknown_key(other)) {
    result_.pieces.because(begin, Kind::splice, Harm::loss);
    result_.records_dropped += 2;
    note("split-spliced");
  } else {
    result_.pieces.keep(begin, restart);
    result_.pieces.keep(parted, end);
    result_.pieces.insert("\n");
    result_.pieces.keep(restart, parted);
    result_.pieces.keep(next_, to);
    result_.pieces.insert("\n");
    // Told by their fitting, not read.
    result_.part_missing = true;
    result_.has_content = true;
    note("join-halves");
  }
  next_ = std::min(to + 1, bytes_.size());
  return true;
}

}  // namespace session::repair
