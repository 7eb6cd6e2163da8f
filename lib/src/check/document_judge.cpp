#include "check/document_judge.h"

#include <algorithm>

namespace session::check {

using json::Expected;
using json::Progress;

void DocumentJudge::reset() {
  scanner_.reset();
  other_.reset();
  state_ = {};
}

void DocumentJudge::feed(const char* begin, const char* end, Offset offset) {
  if (begin == end) return;
  flush_invalid();
  piece_ = begin;
  piece_offset_ = offset;
  for (const char* p = begin; p != end;) p = step(p, end, offset + static_cast<Offset>(p - begin));
  if (state_.other != Other::none) step_other(begin, end, offset);
}

void DocumentJudge::piece_ends() {
  json::LineIndex& lines = report_->lines();
  if (const auto token = scanner_.open_token()) lines.pin(*token);
  if (const auto half = scanner_.open_surrogate()) lines.pin(*half, json::LineIndex::Pin::surrogate);
  sink_->piece_ends();
}

const char* DocumentJudge::step(const char* p, const char* end, Offset offset) {
  // A NUL in a value is shown to the scanner first, which ends a number there.
  const bool between = state_.phase == Phase::behind || state_.phase == Phase::stop;
  if (state_.nuls.pending() || (*p == 0 && between)) {
    const char* behind_nuls = pass_nuls(p, end, offset);
    if (behind_nuls != p) return behind_nuls;
  }
  switch (state_.phase) {
    case Phase::value:
    case Phase::more: return in_value(p, end, offset);
    case Phase::marker: return in_marker(p, offset);
    case Phase::theirs: return in_theirs(p, offset);
    case Phase::line_rest: return in_line_rest(p, end);
    case Phase::behind: return behind(p, end, offset);
    case Phase::stop: break;
  }
  const void* nul = std::memchr(p, 0, static_cast<std::size_t>(end - p));
  return nul == nullptr ? end : static_cast<const char*>(nul);
}

const char* DocumentJudge::in_value(const char* p, const char* end, Offset offset) {
  if (!state_.solid && scanner_.untouched()) sink_->begin_value(/*first=*/true);
  const char* stopped = scanner_.feed(p, end, offset);
  state_.solid = state_.solid || !scanner_.untouched();
  if (scanner_.progress() == Progress::failed)
    return failed(stopped, offset + static_cast<Offset>(stopped - p));
  if (scanner_.progress() == Progress::complete) {
    state_.phase = Phase::behind;
    if (!std::exchange(state_.first_whole, true) && !report_->has_damage()) sink_->end_value();
  }
  return stopped;
}

const char* DocumentJudge::failed(const char* p, Offset offset) {
  if (*p == 0) {
    scanner_.pass_over();
    const bool at_front = !state_.solid && state_.phase == Phase::value;
    state_.nuls = {offset, offset + 1, report_->at(offset), at_front};
    return p + 1;
  }
  if (state_.phase == Phase::more) {
    stop_at(Kind::stale_tail, state_.extra_offset, {});
    return p;
  }
  if (MarkerLine::may_begin(*p) && !scanner_.within_string() && report_->at(offset).column == 1) {
    begin_marker(offset);
    return p;
  }
  if (state_.other != Other::none) step_other(piece_, p, piece_offset_);
  if (!scanner_.untouched()) begin_other(p, offset);
  if (const char* mended = mend(p, offset)) return mended;
  state_.stopped_at_front = scanner_.untouched();
  stop_at(Kind::bad_syntax, offset, describe(scanner_.expected(), scanner_.depth()));
  return p;
}

/// Goes on behind a violation that leaves no doubt where reading goes on; nullptr where there is doubt.
const char* DocumentJudge::mend(const char* p, Offset offset) {
  const Expected expected = scanner_.expected();
  const std::string detail = describe(expected, scanner_.depth());
  if (++state_.mends > k_mends) return nullptr;
  switch (expected) {
    case Expected::string_byte:
      report_->add(Kind::raw_control, offset, 1);
      scanner_.pass_over();
      return p + 1;
    case Expected::escape:
    case Expected::hex_digit: scanner_.pass_over(); break;
    case Expected::comma_or_end: {
      const bool begins_value = *p == '"' || *p == '{' || *p == '[' || *p == '-' || json::is_digit(*p);
      if (scanner_.in_object() ? *p != '"' : !begins_value) return nullptr;
      scanner_.assume_comma();
      break;
    }
    case Expected::key:
      if (*p != '}') return nullptr;
      scanner_.forget_comma();
      break;
    case Expected::value:
      if (*p != ']' || scanner_.depth() == 0 || scanner_.in_object()) return nullptr;
      scanner_.forget_comma();
      break;
    default: return nullptr;
  }
  report_->add(Kind::bad_syntax, offset, 1, detail);
  return p;
}

void DocumentJudge::begin_other(const char* p, Offset offset) {
  if (state_.other != Other::none) return;
  const auto start = record_start_near(report_->lines(), offset, *p);
  if (!start || *start == 0) return;
  const std::string replayed =
      report_->lines().text_before(offset, static_cast<std::size_t>(offset - *start));
  other_.reset();
  other_.feed(replayed.data(), replayed.data() + replayed.size(), *start);
  state_.other = Other::value;
  state_.other_offset = *start;
  state_.other_position = report_->at(*start);
  state_.other_from = offset;
}

void DocumentJudge::step_other(const char* begin, const char* end, Offset offset) {
  while (state_.other == Other::value && state_.other_from < offset + static_cast<Offset>(end - begin)) {
    const char* const from = begin + (std::max(state_.other_from, offset) - offset);
    const char* const stopped = other_.feed(from, end, offset + static_cast<Offset>(from - begin));
    state_.other_from = offset + static_cast<Offset>(stopped - begin);
    if (other_.progress() == Progress::complete) state_.other = Other::behind;
    if (other_.progress() == Progress::failed) {
      // Perhaps this one was cut as well, and a third begins.
      const Offset before = state_.other_offset;
      state_.other = Other::none;
      begin_other(stopped, state_.other_from);
      if (state_.other != Other::none && state_.other_offset <= before) state_.other = Other::none;
    }
  }
  if (state_.other != Other::behind) return;
  const char* p = begin + (std::max(state_.other_from, offset) - offset);
  while (p < end && json::is_blank(*p)) ++p;
  if (p < end) state_.other = Other::none;
}

const char* DocumentJudge::pass_nuls(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  const bool blanks_belong =
      !scanner_.within_string() || state_.phase == Phase::behind || state_.phase == Phase::stop;
  NulRun& nuls = state_.nuls;
  while (p != end) {
    if (*p == 0) {
      const Offset here = offset + static_cast<Offset>(p - begin);
      if (!nuls.pending())
        nuls = {here, here, report_->at(here), !state_.solid && state_.phase == Phase::value};
      nuls.end = here + 1;
    } else if (!blanks_belong || !json::is_blank(*p)) {
      resolve_nuls(/*at_end=*/false);
      break;
    }
    ++p;
  }
  return p;
}

const char* DocumentJudge::behind(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  while (p != end && json::is_blank(*p)) ++p;
  if (p == end || *p == 0) return p;
  offset += static_cast<Offset>(p - begin);
  if (!std::exchange(state_.extra, true)) {
    state_.extra_offset = offset;
    state_.extra_position = report_->at(offset);
  }
  if (MarkerLine::may_begin(*p) && report_->at(offset).column == 1) {
    begin_marker(offset);
    return p;
  }
  scanner_.reset();
  sink_->mute();
  if (*p == '{' || *p == '[') {
    state_.phase = Phase::more;
  } else {
    stop_at(Kind::stale_tail, state_.extra_offset, {});
  }
  return p;
}

}  // namespace session::check
