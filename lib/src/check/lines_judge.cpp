#include "check/lines_judge.h"

namespace session::check {

using json::Progress;

void LinesJudge::reset() { *this = LinesJudge(*report_, *sink_); }

void LinesJudge::feed(const char* begin, const char* end, Offset offset) {
  if (begin != end) flush_invalid();
  for (const char* p = begin; p != end;) p = step(p, end, offset + static_cast<Offset>(p - begin));
}

const char* LinesJudge::step(const char* p, const char* end, Offset offset) {
  if (nuls_.pending() || *p == 0) {
    const char* behind_nuls = pass_nuls(p, end, offset);
    if (behind_nuls != p) return behind_nuls;
  }
  switch (phase_) {
    case Phase::front: return at_front(p, end, offset);
    case Phase::value: return in_value(p, end, offset);
    case Phase::behind: return behind(p, end, offset);
    case Phase::skip: return skip(p, end);
  }
  return end;
}

const char* LinesJudge::at_front(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  while (p != end && *p != '\n' && json::is_blank(*p)) ++p;
  if (p == end || *p == 0) return p;
  if (*p == '\n') {
    if (line_is_blank_) report_->add(Kind::blank_line, offset + static_cast<Offset>(p - begin), 0);
    begin_line();
    return p + 1;
  }
  note_solid();
  begin_record();
  return p;
}

void LinesJudge::note_solid() {
  if (torn_) resolve_torn(Kind::torn_record);
  line_is_blank_ = false;
}

void LinesJudge::begin_record() {
  scanner_.reset();
  sink_->reset();
  report_->begin_trial();
  phase_ = Phase::value;
}

void LinesJudge::begin_line() {
  phase_ = Phase::front;
  line_is_blank_ = true;
  ++lines_;
}

void LinesJudge::record_ended() {
  report_->accept_trial();
  ++records_;
  phase_ = Phase::behind;
}

const char* LinesJudge::in_value(const char* p, const char* end, Offset offset) {
  const char* stopped = scanner_.feed(p, end, offset);
  if (scanner_.progress() == Progress::complete) record_ended();
  if (scanner_.progress() == Progress::failed) {
    return failed(stopped, offset + static_cast<Offset>(stopped - p));
  }
  return stopped;
}

const char* LinesJudge::failed(const char* p, Offset offset) {
  const json::Expected expected = scanner_.expected();
  report_->drop_trial();
  if (*p == 0) {
    scanner_.pass_over();
    return p;
  }
  if (*p == '\n') {
    torn_at(offset);
    begin_line();
    return p + 1;
  }
  if (expected == json::Expected::string_byte) {
    report_->add(Kind::raw_control, offset, 1);
    scanner_.pass_over();
    return p + 1;
  }
  if (records_ == 0 && lines_ == 0 && scanner_.untouched()) {
    first_line_bad_at_front_ = true;
    first_bad_offset_ = offset;
    first_bad_position_ = report_->at(offset);
    first_bad_detail_ = describe(expected, scanner_.depth());
  } else {
    report_->add(Kind::bad_syntax, offset, 1, describe(expected, scanner_.depth()));
  }
  phase_ = Phase::skip;
  return p;
}

void LinesJudge::torn_at(Offset offset) {
  torn_ = true;
  torn_offset_ = offset;
  torn_position_ = report_->at(offset);
  torn_detail_ = describe(scanner_.expected(), scanner_.depth());
}

void LinesJudge::resolve_torn(Kind kind) {
  report_->add_at(kind, torn_offset_, torn_position_, 0, torn_detail_);
  torn_ = false;
}

const char* LinesJudge::behind(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  while (p != end && *p != '\n' && json::is_blank(*p)) ++p;
  if (p == end || *p == 0) return p;
  if (*p == '\n') {
    begin_line();
    return p + 1;
  }
  offset += static_cast<Offset>(p - begin);
  if (*p == '{' || *p == '[') {
    report_->add(Kind::glued, offset, 0);
    begin_record();
  } else {
    report_->add(Kind::stale_tail, offset, 1);
    phase_ = Phase::skip;
  }
  return p;
}

const char* LinesJudge::skip(const char* p, const char* end) {
  while (p != end && *p != '\n' && *p != 0) ++p;
  if (p == end || *p == 0) return p;
  begin_line();
  return p + 1;
}

const char* LinesJudge::pass_nuls(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  const bool blanks_belong = phase_ != Phase::value || !scanner_.within_string();
  while (p != end) {
    if (*p == 0) {
      const Offset here = offset + static_cast<Offset>(p - begin);
      if (!nuls_.pending()) nuls_ = {here, here, report_->at(here), phase_ == Phase::front};
      nuls_.end = here + 1;
      line_is_blank_ = false;
    } else if (!blanks_belong || !json::is_blank(*p)) {
      resolve_nuls(/*at_end=*/false);
      break;
    } else if (*p == '\n') {
      if (phase_ == Phase::value) torn_at(offset + static_cast<Offset>(p - begin));
      begin_line();
    }
    ++p;
  }
  if (scanner_.progress() == Progress::failed && phase_ == Phase::value) scanner_.pass_over();
  return p;
}

void LinesJudge::resolve_nuls(bool at_end) {
  if (!nuls_.pending()) return;
  report_->drop_trial();
  const bool prefix = nuls_.at_front && phase_ == Phase::front && line_is_blank_ == false;
  const Kind kind = at_end ? Kind::nul_tail : prefix ? Kind::nul_prefix : Kind::nul_interior;
  report_->add_at(kind, nuls_.begin, nuls_.position, nuls_.end - nuls_.begin);
  nuls_ = {};
}

void LinesJudge::invalid_bytes(Offset offset, std::size_t length) {
  if (nuls_.pending()) resolve_nuls(/*at_end=*/false);
  report_->drop_trial();
  if (invalid_end_ != offset) {
    flush_invalid();
    invalid_begin_ = offset;
    invalid_position_ = report_->at(offset);
  }
  invalid_end_ = offset + length;
  if (phase_ == Phase::front) note_solid();
  if (phase_ != Phase::value || !scanner_.within_string()) phase_ = Phase::skip;
}

void LinesJudge::flush_invalid() {
  if (invalid_end_ == invalid_begin_) return;
  report_->add_at(Kind::invalid_utf8, invalid_begin_, invalid_position_, invalid_end_ - invalid_begin_);
  invalid_begin_ = invalid_end_ = 0;
}

void LinesJudge::finish(Offset end, const Outline& outline) {
  flush_invalid();
  if (phase_ == Phase::value) {
    report_->drop_trial();
    scanner_.finish(end);
    if (scanner_.progress() == Progress::complete) {
      record_ended();
    } else {
      torn_at(end);
    }
  }
  resolve_nuls(/*at_end=*/true);
  if (torn_) resolve_torn(Kind::torn_tail);
  if (!outline.has_solid) {
    report_->clear();
    report_->add_at(outline.has_nul ? Kind::nul_file : Kind::empty, 0, {}, end);
    return;
  }
  const std::string_view foreign = records_ == 0 ? foreign_format(outline.head) : std::string_view{};
  if (!foreign.empty()) {
    report_->clear();
    report_->add_at(Kind::not_json, 0, {}, end, foreign);
    return;
  }
  if (first_line_bad_at_front_) {
    const bool tail = records_ != 0 || looks_like_json_tail(outline);
    if (tail) {
      report_->add_at(Kind::headless, 0, {}, 0);
    } else {
      report_->add_at(Kind::bad_syntax, first_bad_offset_, first_bad_position_, 1, first_bad_detail_);
    }
  }
  if (phase_ == Phase::behind) report_->add(Kind::missing_newline, end, 0);
}

}  // namespace session::check
