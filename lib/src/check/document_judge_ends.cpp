// How markers, runs of odd bytes and the whole document end: where what was suspected is settled.

#include "check/document_judge.h"

namespace session::check {

using json::Progress;

void DocumentJudge::begin_marker(Offset offset) {
  state_.marker.begin(offset, report_->at(offset));
  state_.phase = Phase::marker;
}

const char* DocumentJudge::in_marker(const char* p, Offset offset) {
  switch (state_.marker.take(*p)) {
    case MarkerLine::Answer::more: return p + 1;
    case MarkerLine::Answer::no:
      state_.stopped_at_front = scanner_.untouched();
      if (state_.first_whole) {
        stop_at(Kind::stale_tail, state_.extra_offset, {});
      } else {
        stop_at(Kind::bad_syntax, state_.marker.offset(), describe(scanner_.expected(), scanner_.depth()));
        state_.stop_position = state_.marker.position();
      }
      return p;
    case MarkerLine::Answer::yes: break;
  }
  state_.solid = true;
  if (!std::exchange(state_.in_conflict, true)) {
    state_.conflict_offset = state_.marker.offset();
    state_.conflict_position = state_.marker.position();
  }
  state_.in_theirs = state_.marker.side() == '=' || state_.marker.side() == '|';
  if (state_.marker.side() == '>') close_conflict(offset);
  state_.phase = Phase::line_rest;
  return p;
}

const char* DocumentJudge::in_theirs(const char* p, Offset offset) {
  switch (state_.marker.take(*p)) {
    case MarkerLine::Answer::more: return p + 1;
    case MarkerLine::Answer::yes:
      if (state_.marker.side() == '>') {
        state_.in_theirs = false;
        close_conflict(offset);
      }
      break;
    case MarkerLine::Answer::no: break;
  }
  state_.phase = Phase::line_rest;
  return p;
}

const char* DocumentJudge::in_line_rest(const char* p, const char* end) {
  const void* newline = std::memchr(p, '\n', static_cast<std::size_t>(end - p));
  if (newline == nullptr) return end;
  if (state_.in_theirs) {
    state_.marker.begin(0, {});
    state_.phase = Phase::theirs;
  } else {
    scanner_.pass_over();
    state_.phase = state_.first_whole ? Phase::behind : Phase::value;
  }
  return static_cast<const char*>(newline) + 1;
}

void DocumentJudge::close_conflict(Offset end) {
  if (!std::exchange(state_.in_conflict, false)) return;
  report_->add_at(Kind::merge_conflict, state_.conflict_offset, state_.conflict_position,
                  end - state_.conflict_offset);
}

void DocumentJudge::resolve_nuls(bool at_end) {
  NulRun& nuls = state_.nuls;
  if (!nuls.pending()) return;
  const Kind kind = at_end ? Kind::nul_tail : nuls.at_front ? Kind::nul_prefix : Kind::nul_interior;
  report_->add_at(kind, nuls.begin, nuls.position, nuls.end - nuls.begin);
  nuls = {};
}

void DocumentJudge::invalid_bytes(Offset offset, std::size_t length) {
  resolve_nuls(/*at_end=*/false);
  if (state_.invalid_end != offset) {
    flush_invalid();
    state_.invalid_begin = offset;
    state_.invalid_position = report_->at(offset);
  }
  state_.invalid_end = offset + length;
  if (state_.phase == Phase::value && scanner_.untouched()) {
    state_.stopped_at_front = true;
    stop_at(Kind::bad_syntax, offset, {});
  }
  if (state_.phase == Phase::behind)
    stop_at(Kind::stale_tail, state_.extra ? state_.extra_offset : offset, {});
  if (state_.other == Other::value && other_.within_string()) {
    state_.other_from = offset + length;
  } else {
    state_.other = Other::none;
  }
}

void DocumentJudge::flush_invalid() {
  if (state_.invalid_end == state_.invalid_begin) return;
  report_->add_at(Kind::invalid_utf8, state_.invalid_begin, state_.invalid_position,
                  state_.invalid_end - state_.invalid_begin);
  state_.invalid_begin = state_.invalid_end = 0;
}

void DocumentJudge::stop_at(Kind kind, Offset offset, std::string_view detail) {
  const bool extra = kind == Kind::stale_tail && state_.extra;
  state_.phase = Phase::stop;
  state_.solid = true;
  state_.stop_kind = kind;
  state_.stop_offset = offset;
  state_.stop_position = extra ? state_.extra_position : report_->at(offset);
  state_.stop_detail = detail;
}

void DocumentJudge::finish(Offset end, const Outline& outline) {
  flush_invalid();
  const NulRun nuls = state_.nuls;
  constexpr char k_line_end = '\n';
  if (state_.phase == Phase::marker) in_marker(&k_line_end, end);
  resolve_nuls(/*at_end=*/true);
  if (!outline.has_solid) {
    report_->clear();
    report_->add_at(outline.has_nul ? Kind::nul_file : Kind::empty, 0, {}, end);
    return;
  }
  if (state_.other == Other::behind) {
    report_->drop_from(state_.other_offset);
    report_->add_at(Kind::splice, state_.other_offset, state_.other_position, 0);
    return;
  }
  close_conflict(end);
  switch (state_.phase) {
    case Phase::value:
    case Phase::more: finish_value(end, nuls); break;
    case Phase::marker:
    case Phase::theirs:
    case Phase::line_rest:
      if (!state_.first_whole) report_->add(Kind::torn_tail, end, 0, "in a merge conflict");
      break;
    case Phase::behind:
      if (state_.extra && report_->count(Kind::merge_conflict) == 0) {
        report_->add_at(Kind::glued, state_.extra_offset, state_.extra_position, end - state_.extra_offset);
      }
      break;
    case Phase::stop: explain_stop(end, outline); break;
  }
}

void DocumentJudge::finish_value(Offset end, const NulRun& nuls) {
  scanner_.finish(end);
  if (state_.phase == Phase::more) {
    report_->add_at(Kind::glued, state_.extra_offset, state_.extra_position, end - state_.extra_offset);
  }
  if (scanner_.progress() == Progress::complete) {
    if (!std::exchange(state_.first_whole, true) && !report_->has_damage()) sink_->end_value();
    return;
  }
  const std::string detail = describe(scanner_.expected(), scanner_.depth());
  if (nuls.pending()) {
    report_->add_at(Kind::torn_tail, nuls.begin, nuls.position, 0, detail);
  } else {
    report_->add(Kind::torn_tail, end, 0, detail);
  }
}

void DocumentJudge::explain_stop(Offset end, const Outline& outline) {
  const bool scalar_first = state_.stop_kind == Kind::stale_tail && !outline.begins_container();
  if (state_.stopped_at_front || scalar_first) {
    const std::string_view foreign = foreign_format(outline.head);
    if (!foreign.empty()) {
      report_->clear();
      report_->add_at(Kind::not_json, 0, {}, end, foreign);
      return;
    }
    if (looks_like_json_tail(outline)) {
      report_->add_at(Kind::headless, 0, {}, 0);
      return;
    }
  }
  const bool tail = state_.stop_kind == Kind::stale_tail;
  const Offset length = tail ? end - state_.stop_offset : 1;
  report_->add_at(state_.stop_kind, state_.stop_offset, state_.stop_position, length, state_.stop_detail);
}

}  // namespace session::check
