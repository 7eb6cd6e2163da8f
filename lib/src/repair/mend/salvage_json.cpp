#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "repair/mend/last_document.h"
#include "repair/mend/salvage_text.h"
#include "repair/salvage/lexing.h"
#include "repair/salvage/restart.h"

namespace session::repair {
namespace {

std::size_t skip_fillers(ByteView bytes, std::size_t at) {
  for (;;) {
    const std::size_t before = at;
    at = skip_blanks_and_nuls(bytes, at, bytes.size());
    if (bytes.substr(at).starts_with(k_byte_order_mark)) at += k_byte_order_mark.size();
    if (at == before) return at;
  }
}

/// Where, at or behind `at`, a document with the root's first key begins: not where a value stands in what is
/// left of another.
std::size_t find_beginning(ByteView bytes, std::size_t at, const Shapes& shapes) {
  const ShapeId first = shapes.first_member(k_root_shape);
  if (first == k_no_shape) return ByteView::npos;
  const std::string quoted = '"' + std::string(shapes.key(first)) + '"';
  for (std::size_t found = bytes.find(quoted, at); found != ByteView::npos;
       found = bytes.find(quoted, found + 1)) {
    std::size_t brace = back_over_blanks(bytes, at, found);
    if (brace <= at || bytes[brace - 1] != '{') continue;
    if (k_before_values.find(before_blanks(bytes, at, brace - 1)) == ByteView::npos) return brace - 1;
  }
  return ByteView::npos;
}

/// Whether two documents have the look of two versions of one session.
bool are_versions(const Attempt& a, const Attempt& b) {
  if (a.root_open != b.root_open) return false;
  if (a.root_members.empty() || b.root_members.empty())
    return a.root_members.empty() == b.root_members.empty();
  const auto common = std::count_if(a.root_members.begin(), a.root_members.end(), [&](ShapeId id) {
    return std::find(b.root_members.begin(), b.root_members.end(), id) != b.root_members.end();
  });
  return 2 * static_cast<std::size_t>(common) >= std::min(a.root_members.size(), b.root_members.size());
}

/// Of two that were cut the later one has nothing in its beginning that the earlier one has not: it counts
/// only if so little less is left of it that what is new in it may be worth more.
bool is_nearly_as_full(const Attempt& attempt, std::uint64_t most) {
  return 10 * attempt.values_kept >= 9 * most;
}

/// The version to keep: the last whole one; without a whole one the last of those that hold nearly as much
/// as the fullest.
std::size_t choose(const std::vector<Attempt>& attempts) {
  std::size_t chosen = 0;
  std::uint64_t most = 0;
  for (const Attempt& attempt : attempts) most = std::max(most, attempt.values_kept);
  bool whole = false;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const Attempt& attempt = attempts[i];
    if (!attempt.has_root) continue;
    const bool is_whole = attempt.closed && attempt.clean && 2 * attempt.values_kept >= most;
    if (is_whole || (!whole && is_nearly_as_full(attempt, most))) chosen = i;
    whole = whole || is_whole;
  }
  return chosen;
}

/// Blanks that begin the file stay, as those that end it do.
void keep_leading_blanks(ByteView bytes, Attempt& attempt) {
  if (attempt.begin == 0 || skip_blanks(bytes, 0, bytes.size()) != attempt.begin) return;
  Pieces pieces;
  pieces.keep(0, attempt.begin);
  pieces.append(attempt.pieces);
  attempt.pieces = std::move(pieces);
}

std::string_view strategy_of(const Attempt& attempt, std::size_t documents, bool has_tail) {
  if (documents > 1) return k_newest_version;
  if (attempt.headless) return "salvage-headless";
  if (attempt.clean) return has_tail ? k_cut_trailing : "strip-padding";
  return attempt.closed ? k_salvage : k_close_cut_tail;
}

/// What was read of a file, document by document.
struct Read {
  std::vector<Attempt> attempts;
  bool has_tail = false;  ///< something in it is no version of the first
};

/// What stands at `at` before the document that reaches to the end of the file, where no document begins, or
/// a value whose container goes on behind it; nothing of it is kept if that document is worth more.
std::optional<Attempt> read_before_document(ByteView bytes, std::size_t at, const Attempt& attempt,
                                            Shapes& shapes, const SalvageOptions& options,
                                            std::size_t& read_again) {
  constexpr ByteView k_goes_on = ",}]";
  const bool is_to_end = attempt.closed && skip_fillers(bytes, attempt.end) == bytes.size();
  if (is_to_end && attempt.values_dropped == 0) return std::nullopt;
  std::size_t from = at;
  if (attempt.clean && attempt.closed) {
    from = skip_fillers(bytes, attempt.end);
    if (from >= bytes.size() || k_goes_on.find(bytes[from]) == ByteView::npos) return std::nullopt;
  }
  const auto found = find_last_document(bytes, from, bytes.size(), read_again);
  if (!found) return std::nullopt;
  Shapes scratch(options.layout);
  const Attempt document = salvage_document(bytes, *found, bytes.size(), scratch, options);
  if (!document.has_root || !document.complete) return std::nullopt;
  Attempt before = salvage_document(bytes, at, *found, shapes, options);
  before.has_root = before.has_root && 2 * document.values_kept < before.values_kept;
  before.restart = found;
  return before;
}

Attempt read_document(ByteView bytes, std::size_t at, Shapes& shapes, const SalvageOptions& options,
                      std::size_t& read_again) {
  Attempt attempt = salvage_document(bytes, at, bytes.size(), shapes, options);
  if (options.head == Head::unknown) {
    if (auto before = read_before_document(bytes, at, attempt, shapes, options, read_again))
      return std::move(*before);
  }
  if (attempt.headless || (attempt.clean && attempt.closed)) return attempt;
  if (const auto restart = find_restart(bytes, at, bytes.size(), options, read_again)) {
    attempt = salvage_document(bytes, at, *restart, shapes, options);
    attempt.restart = restart;
  }
  return attempt;
}

Read read_documents(ByteView bytes, Shapes& shapes, const SalvageOptions& given) {
  std::size_t look_ahead = 0;
  std::size_t read_again = 0;
  SalvageOptions options = given;
  options.look_ahead = &look_ahead;
  Read read;
  std::vector<Attempt>& attempts = read.attempts;
  std::size_t at = skip_fillers(bytes, 0);
  while (at < bytes.size()) {
    if (!attempts.empty() && bytes[at] != '{' && bytes[at] != '[') {
      read.has_tail = true;
      at = find_beginning(bytes, at, shapes);
      if (at == ByteView::npos) break;
    }
    options.head = attempts.empty() ? Head::unknown : Head::whole;
    Attempt attempt = read_document(bytes, at, shapes, options, read_again);
    at = attempt.restart ? *attempt.restart : skip_fillers(bytes, std::max(attempt.end, at + 1));
    if (attempts.empty() || (attempt.has_root && are_versions(attempts.front(), attempt)) ||
        !attempts.front().has_root) {
      attempts.push_back(std::move(attempt));
      if (attempts.back().hit_limits) break;  // what follows is the rest of it
    } else {
      read.has_tail = true;
    }
  }
  return read;
}

/// Says why what stands around `best` is missing, and keeps the blanks beside it.
void account_for_rest(ByteView bytes, Attempt& best, bool has_tail) {
  if (has_tail) best.pieces.because(best.end, Kind::stale_tail, Harm::loss);
  if (bytes.starts_with(k_byte_order_mark)) best.pieces.because(0, Kind::bom, Harm::none);
  if (!bytes.empty() && bytes.front() == '\0') best.pieces.because(0, Kind::nul_prefix, Harm::none);
  const std::size_t blanks_end = skip_blanks(bytes, best.end, bytes.size());
  if (best.closed) {
    best.pieces.keep(best.end, blanks_end);
    if (skip_fillers(bytes, blanks_end) == bytes.size()) {
      best.pieces.because(blanks_end, Kind::nul_tail, Harm::none);
    }
  }
  keep_leading_blanks(bytes, best);
}

}  // namespace

Salvaged salvage_json(ByteView bytes, Shapes& shapes, const SalvageOptions& options) {
  Salvaged result;
  Read read = read_documents(bytes, shapes, options);
  if (read.attempts.empty()) return result;
  const std::size_t chosen = choose(read.attempts);
  Attempt& best = read.attempts[chosen];
  for (std::size_t i = 0; i < read.attempts.size(); ++i) {
    const Attempt& other = read.attempts[i];
    if (i == chosen) continue;
    best.pieces.because(other.begin, other.has_root ? Kind::glued : Kind::bad_syntax, Harm::loss);
    result.records_dropped += 1;
    result.values_dropped += other.values_kept;
  }
  account_for_rest(bytes, best, read.has_tail);
  result.has_content = best.has_root;
  result.strategy = strategy_of(best, read.attempts.size(), read.has_tail);
  result.records_dropped += best.records_dropped;
  result.values_dropped += best.values_dropped;
  result.part_missing = best.headless || best.gap || !best.closed;
  result.headless = best.headless;
  result.pieces = std::move(best.pieces);
  return result;
}

}  // namespace session::repair
