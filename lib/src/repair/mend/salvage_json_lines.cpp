// The lines of a file one by one: what is whole stays, and of a damaged one what can be kept of its records.

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "repair/mend/salvage_lines.h"
#include "repair/salvage/cut_record.h"
#include "repair/salvage/doubled.h"
#include "repair/salvage/lexing.h"
#include "repair/salvage/opener.h"
#include "repair/salvage/restart.h"

namespace session::repair {

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

bool LinesSalvage::is_whole_scalar(std::size_t at, std::size_t end) {
  utf8_.reset();
  const char* const stop = bytes_.data() + end;
  return is_scalar(bytes_, at, end) && utf8_.valid_end(bytes_.data() + at, stop) == stop;
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
  // Digits of a number may have stood where NULs do.
  const bool may_be_half = at > text && bytes_[at - 1] == '\0' && (bytes_[at] == '-' || is_digit(bytes_[at]));
  if (opens ? whole_.is_whole(at, end) : !may_be_half && is_whole_scalar(at, end)) {
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
  std::optional<std::size_t> next = find_restart(bytes_, first.begin, end, options_, read_again_);
  if (next && next != glued && starts_.may_be_part(first.begin, *next, end)) next.reset();
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
  if (!is_whole && (join_interleaved(begin, end) || join_turns(begin, end))) return;
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

/// Whether `text` is one whole record, and no key comes twice in it.
bool LinesSalvage::is_record(ByteView text) const {
  Shapes scratch;
  const Attempt attempt = salvage_document(text, 0, text.size(), scratch, options_);
  return attempt.clean && attempt.closed && skip_blanks(text, attempt.end, text.size()) == text.size() &&
         !has_repeated_key(text);
}

Salvaged salvage_json_lines(ByteView bytes, Shapes& shapes, const SalvageOptions& options) {
  return LinesSalvage(bytes, shapes, options).run();
}

}  // namespace session::repair
