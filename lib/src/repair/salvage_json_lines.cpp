#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "repair/alternating.h"
#include "repair/cut_record.h"
#include "repair/doubled.h"
#include "repair/lexing.h"
#include "repair/opener.h"
#include "repair/record_starts.h"
#include "repair/restart.h"
#include "repair/salvage_text.h"
#include "repair/split_record.h"
#include "repair/whole_reader.h"

namespace session::repair {
namespace {

// How many bytes may be read again, in all, to join records that were broken over lines.
constexpr std::size_t k_join_factor = 4;
// And how many may be looked through for words where the file is small.
constexpr std::size_t k_free_look_around = std::size_t{1} << 20;

class LinesSalvage {
 public:
  LinesSalvage(ByteView bytes, Shapes& shapes, const SalvageOptions& options)
      : bytes_(bytes),
        shapes_(shapes),
        options_(options),
        whole_(bytes, shapes, Framing::record),
        starts_(bytes, options.layout),
        look_around_(std::max(k_free_look_around, k_join_factor * bytes.size())) {
    options_.line_framed = true;
    options_.look_ahead = &look_ahead_;
  }

  Salvaged run();

 private:
  /// The line at `at` and where the next one begins.
  [[nodiscard]] std::size_t line_end(std::size_t at) const {
    return std::min(bytes_.find('\n', at), bytes_.size());
  }
  void line(std::size_t begin, std::size_t end);
  bool drop_doubled(std::size_t begin, std::size_t end, bool is_cut);
  void drop_rest(std::size_t begin, std::size_t end, const Attempt& rest);
  void damaged_line(std::size_t begin, std::size_t end, Attempt first);
  void read_on(std::vector<Attempt>& attempts, std::size_t end);
  [[nodiscard]] std::optional<std::size_t> find_next(const Attempt& first, std::optional<std::size_t> glued,
                                                     std::size_t end);
  [[nodiscard]] bool is_fused(const Attempt& attempt) const;
  std::size_t end_of_fragments();
  bool join_lines(std::size_t begin, std::size_t end);
  void keep_joined(std::size_t record_end);
  [[nodiscard]] bool is_record(ByteView text) const;
  bool join_halves(const Attempt& outer, const Attempt& inner, std::size_t end);
  [[nodiscard]] bool may_stay(const Attempt& cut) const {
    return options_.layout == nullptr || is_usable(cut.pieces.build(bytes_), *options_.layout);
  }
  bool drop_alternating(const Attempt& outer, const Attempt& inner, std::size_t end);
  bool join_interleaved(std::size_t begin, std::size_t end);
  void settle(const Attempt& attempt, std::size_t end);
  void keep_record(const Attempt& attempt);
  void end_record(std::size_t from, std::size_t to);
  void note(std::string_view strategy) {
    if (result_.strategy.empty() || strategy == k_salvage) result_.strategy = strategy;
  }

  ByteView bytes_;
  Shapes& shapes_;
  SalvageOptions options_;
  WholeReader whole_;
  RecordStarts starts_;
  Salvaged result_;
  std::size_t next_ = 0;    ///< where reading goes on
  std::size_t joined_ = 0;  ///< bytes read again to join lines
  std::size_t halves_ = 0;  ///< and to join halves
  std::size_t look_ahead_ = 0;
  std::size_t look_around_;     ///< bytes that may still be looked through for words
  std::size_t read_again_ = 0;  ///< and to find what begins behind a cut
  std::size_t fragments_end_ = 0;
};

Salvaged LinesSalvage::run() {
  if (bytes_.starts_with(k_byte_order_mark)) {
    result_.pieces.because(0, Kind::bom, Harm::none);
    note("strip-mark");
    next_ = k_byte_order_mark.size();
  }
  while (next_ < bytes_.size()) {
    const std::size_t begin = next_;
    const std::size_t end = line_end(begin);
    next_ = std::min(end + 1, bytes_.size());
    line(begin, end);
  }
  return std::move(result_);
}

void LinesSalvage::line(std::size_t begin, std::size_t end) {
  const std::size_t text = skip_blanks(bytes_, begin, end);
  if (text == end) {
    // An empty line is no damage where it stands between lines that are none.
    result_.pieces.keep(begin, next_);
    return;
  }
  std::size_t at = text;
  while (at < end && (bytes_[at] == '\0' || is_blank(bytes_[at]))) ++at;
  if (at > text) {
    const Kind kind = at < end                ? Kind::nul_prefix
                      : next_ < bytes_.size() ? Kind::nul_interior
                                              : Kind::nul_tail;
    result_.pieces.because(text, kind, Harm::none);
    note(k_strip_nuls);
    if (at == end) return;
  }
  const bool opens = bytes_[at] == '{' || bytes_[at] == '[' || opener_replaced_at(bytes_, at, end) == '{';
  if (!opens && is_scalar(bytes_, at, end)) {
    result_.has_content = true;
    result_.pieces.keep(at == text ? begin : at, next_);
    return;
  }
  if (opens && whole_.is_whole(at, end)) {
    result_.has_content = true;
    result_.pieces.keep(at == text ? begin : at, next_);
    return;
  }
  Attempt attempt;
  attempt.begin = attempt.end = at;
  if (opens) {
    SalvageOptions first = options_;
    first.head = Head::unknown;
    attempt = salvage_document(bytes_, at, end, shapes_, first);
  }
  const bool is_array = attempt.has_root && attempt.root_open == '[';
  const bool may_be_rest = at > text || !opens || is_array;
  if (may_be_rest && !(opens && starts_.may_begin(at, end))) return drop_rest(at, end, attempt);
  damaged_line(at, end, std::move(attempt));
}

/// A record of which one write was done twice, and with which nothing else is wrong: one that was cut, and
/// another behind it, may look like that, and so may one that is only cut.
bool LinesSalvage::drop_doubled(std::size_t begin, std::size_t end, bool is_cut) {
  const ByteView line = bytes_.substr(begin, end - begin);
  std::vector<Doubled> pieces = find_doubled(line);
  std::erase_if(pieces, [&](const Doubled& piece) {
    return (is_cut && !piece.in_token) || !is_record(without(line, piece).text);
  });
  if (pieces.size() != 1 || find_restart(bytes_, begin, end, options_, read_again_)) return false;
  const std::size_t at = begin + pieces.front().at;
  result_.pieces.keep(begin, at);
  result_.pieces.because(at, Kind::bad_syntax, Harm::loss);
  result_.pieces.keep(at + pieces.front().length, end);
  result_.has_content = true;
  end_record(end, end);
  note(k_drop_doubled);
  return true;
}

/// The line at `begin` is the rest of a record whose beginning is lost: it goes, up to a record behind it.
void LinesSalvage::drop_rest(std::size_t begin, std::size_t end, const Attempt& rest) {
  const bool last_line = next_ >= bytes_.size();
  result_.pieces.because(begin, last_line ? Kind::torn_tail : Kind::torn_record, Harm::loss);
  ++result_.records_dropped;
  result_.values_dropped += rest.values_kept + rest.values_dropped;
  note(last_line ? "cut-torn-record" : k_salvage);
  const std::optional<std::size_t> record = starts_.find_glued(begin, end, Proof::start);
  if (record) damaged_line(*record, end, salvage_document(bytes_, *record, end, shapes_, options_));
}

/// Ends the line of a record that ended at `from`; what stands from there to `to` is no record.
void LinesSalvage::end_record(std::size_t from, std::size_t to) {
  const std::size_t nul = std::min(bytes_.substr(0, to).find('\0', from), to);
  std::size_t blanks = back_over_blanks(bytes_, from, to);
  const bool only_fillers = skip_nuls(bytes_, skip_blanks(bytes_, from, to), to) >= blanks;
  if (only_fillers) result_.pieces.because(from, nul < to ? Kind::nul_interior : Kind::glued, Harm::none);
  if (only_fillers && to < bytes_.size() && bytes_[to] == '\n') {
    result_.pieces.keep(blanks, to + 1);
  } else {
    result_.pieces.insert("\n");
  }
}

void LinesSalvage::keep_record(const Attempt& attempt) {
  result_.pieces.append(attempt.pieces);
  result_.has_content = true;
}

/// Whether two records were read as one: its root has a key twice, and the part of it that is whole has not.
bool LinesSalvage::is_fused(const Attempt& attempt) const {
  if (attempt.clean || attempt.root_open != '{') return false;
  std::vector<ShapeId> members = attempt.root_members;
  std::ranges::sort(members);
  if (std::ranges::adjacent_find(members) == members.end()) return false;
  return !has_repeated_key(bytes_.substr(attempt.begin, attempt.end - attempt.begin));
}

/// Where the record behind `first`, which was cut, begins in its line, as far as its end does not tell;
/// `glued` is where RecordStarts finds one.
std::optional<std::size_t> LinesSalvage::find_next(const Attempt& first, std::optional<std::size_t> glued,
                                                   std::size_t end) {
  if (first.clean && first.closed) return std::nullopt;
  const std::optional<std::size_t> next = find_restart(bytes_, first.begin, end, options_, read_again_);
  if (!next && !glued && is_fused(first)) glued = starts_.find_glued(first.begin, end, Proof::none);
  const bool is_later = glued && ((first.closed && first.end <= *glued) || (next && *next < *glued) ||
                                  (first.restart && *first.restart < *glued));
  return glued && !is_later ? glued : next;
}

/// Keeps what is left of a record, or drops it; what stands up to `end` belongs to no other.
void LinesSalvage::settle(const Attempt& attempt, std::size_t end) {
  const bool last_line = next_ >= bytes_.size();
  const Kind kind = attempt.restart ? Kind::splice : last_line ? Kind::torn_tail : Kind::torn_record;
  const bool usable = attempt.has_root && !attempt.headless && attempt.complete && attempt.values_kept > 0 &&
                      !is_fused(attempt) &&
                      ((attempt.closed && attempt.values_dropped == 0) || may_stay(attempt));
  if (!usable) {
    result_.pieces.because(attempt.begin, kind, Harm::loss);
    ++result_.records_dropped;
    result_.values_dropped += attempt.values_kept + attempt.values_dropped;
    note(attempt.restart ? "split-spliced" : last_line ? "cut-torn-record" : k_salvage);
    return;
  }
  if (attempt.gap || !attempt.closed) result_.part_missing = true;
  if (!attempt.closed) result_.pieces.because(attempt.pieces.kept_end(), kind, Harm::loss);
  keep_record(attempt);
  end_record(attempt.end, end);
  result_.values_dropped += attempt.values_dropped;
  note(attempt.clean ? "split-glued" : attempt.closed ? k_salvage : k_close_cut_tail);
}

void LinesSalvage::damaged_line(std::size_t begin, std::size_t end, Attempt first) {
  const bool is_whole = first.clean && first.closed;
  std::optional<std::size_t> glued;
  if (!is_whole) glued = starts_.find_glued(begin, end, Proof::start);
  if (!is_whole && !glued && drop_doubled(begin, end, !first.closed)) return;
  if (!glued && join_lines(begin, end)) return;
  if (!is_whole && join_interleaved(begin, end)) return;
  std::vector<Attempt> attempts;
  if (const auto restart = find_next(first, glued, end)) {
    if (restart != first.restart) {
      Shapes scratch;
      first = salvage_document(bytes_, begin, *restart, scratch, options_);
      first.restart = restart;
    }
  }
  attempts.push_back(std::move(first));
  read_on(attempts, end);
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    Attempt& attempt = attempts[i];
    if (i + 1 < attempts.size() && attempt.restart && join_halves(attempt, attempts[i + 1], end)) {
      ++i;
      continue;
    }
    // The end of it may be that of the cut one before it.
    const ByteView text = bytes_.substr(attempt.begin, attempt.end - attempt.begin);
    if (i > 0 && attempts[i - 1].restart && has_repeated_key(text)) attempt.complete = false;
    settle(attempt, i + 1 < attempts.size() ? attempts[i + 1].begin : end);
  }
}

/// Reads the records that follow the first of `attempts` in its line, which ends at `end`.
void LinesSalvage::read_on(std::vector<Attempt>& attempts, std::size_t end) {
  std::optional<std::size_t> foreign;
  for (;;) {
    const Attempt& last = attempts.back();
    std::size_t at = last.restart ? *last.restart : last.end;
    while (at < end && (is_blank(bytes_[at]) || bytes_[at] == '\0')) ++at;
    const bool opens = at < end && (bytes_[at] == '{' || (bytes_[at] == '[' && starts_.may_begin(at, end)));
    if (!last.restart && last.closed && at < end && !opens) {
      if (!foreign) foreign = end_of_foreign(bytes_, at, end);
      at = find_record(bytes_, at, end, *foreign);
    }
    if (at >= end || at <= last.begin || last.headless) break;
    attempts.push_back(salvage_document(bytes_, at, end, shapes_, options_));
  }
}

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
      if (own.clean && own.closed) break;
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
    const auto is_text = [](const LineBreak& broken) { return broken.was == LineBreak::Was::text; };
    if (std::ranges::none_of(split->breaks, is_text) && is_record(pieces.build(bytes_))) {
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

/// Whether `text` is one whole record, and no key comes twice in it.
bool LinesSalvage::is_record(ByteView text) const {
  Shapes scratch;
  const Attempt attempt = salvage_document(text, 0, text.size(), scratch, options_);
  return attempt.clean && attempt.closed && skip_blanks(text, attempt.end, text.size()) == text.size() &&
         !has_repeated_key(text);
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
  const ByteView other = bytes_.substr(inner.begin, inner.end - inner.begin);
  const Bytes joined =
      Bytes(bytes_.substr(outer.begin, *outer.restart - outer.begin)) + Bytes(bytes_.substr(from, to - from));
  const bool may_join = !has_repeated_key(other) && is_record(joined);
  // Half a key and half of another are one that no record has.
  const bool is_doubtful = !may_join || starts_.has_unknown_key(joined) || starts_.has_unknown_key(other);
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

}  // namespace

Salvaged salvage_json_lines(ByteView bytes, Shapes& shapes, const SalvageOptions& options) {
  return LinesSalvage(bytes, shapes, options).run();
}

}  // namespace session::repair
