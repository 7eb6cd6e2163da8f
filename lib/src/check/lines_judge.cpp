#include "check/lines_judge.h"

#include <algorithm>

namespace session::check {

using json::Expected;
using json::Progress;

void LinesJudge::reset(StartsAt starts_at) {
  json::Scanner<RecordSink> scanner = std::move(scanner_);
  scanner.reset();
  *this = LinesJudge(*report_, *sink_);
  scanner_ = std::move(scanner);
  header_expected_ = starts_at == StartsAt::first_record;
}

void LinesJudge::feed(const char* begin, const char* end, Offset offset) {
  if (begin != end) flush_invalid();
  for (const char* p = begin; p != end;) p = step(p, end, offset + static_cast<Offset>(p - begin));
}

void LinesJudge::piece_ends() {
  json::LineIndex& lines = report_->lines();
  // What follows a scalar, however far behind, may show that it is no record.
  if (phase_ == Phase::behind && !container_) lines.pin(record_begin_);
  if (phase_ == Phase::value) {
    if (const auto token = scanner_.open_token()) lines.pin(*token);
    if (const auto half = scanner_.open_surrogate()) lines.pin(*half, json::LineIndex::Pin::surrogate);
  }
  sink_->piece_ends();
}

const char* LinesJudge::step(const char* p, const char* end, Offset offset) {
  // A NUL in a record is shown to the scanner first, which ends a number there.
  if (nuls_.pending() || (*p == 0 && phase_ != Phase::value && phase_ != Phase::marker)) {
    const char* behind_nuls = pass_nuls(p, end, offset);
    if (behind_nuls != p) return behind_nuls;
  }
  switch (phase_) {
    case Phase::front: return at_front(p, end, offset);
    case Phase::marker: return in_marker(p, offset);
    case Phase::value: return in_value(p, end, offset);
    case Phase::behind: return behind(p, end, offset);
    case Phase::skip: return skip(p, end, offset);
  }
  return end;
}

const char* LinesJudge::at_front(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  while (p != end && *p != '\n' && json::is_blank(*p)) ++p;
  if (p == end || *p == 0) return p;
  offset += static_cast<Offset>(p - begin);
  if (*p == '\n') {
    if (!solid_) report_->add(Kind::blank_line, offset, 0);
    begin_line(offset + 1);
    return p + 1;
  }
  solid_ = true;
  ++solid_lines_;
  const bool at_line_begin = offset == line_begin_;
  if (at_line_begin && !held_ && MarkerLine::may_begin(*p)) {
    marker_.begin(offset, report_->at(offset));
    phase_ = Phase::marker;
    return p;
  }
  settle_fragment(/*last=*/false);
  container_ = *p == '{' || *p == '[';
  if (held_ && !(at_line_begin && *p == '{')) {
    resume_held(nullptr, offset);
  } else {
    record_begin_ = offset;
    begin_record();
  }
  return p;
}

const char* LinesJudge::in_marker(const char* p, Offset offset) {
  switch (marker_.take(*p)) {
    case MarkerLine::Answer::more: return p + 1;
    case MarkerLine::Answer::no:
      settle_fragment(/*last=*/false);
      record_begin_ = marker_.offset();
      bad_ = {true, Kind::bad_syntax, marker_.offset(), marker_.position(), describe(Expected::value, 0)};
      faulty_ = true;
      phase_ = Phase::skip;
      return p;
    case MarkerLine::Answer::yes: break;
  }
  if (!in_conflict_) {
    in_conflict_ = true;
    conflict_offset_ = marker_.offset();
    conflict_position_ = marker_.position();
  }
  if (marker_.side() == '>') close_conflict(offset);
  faulty_ = true;
  phase_ = Phase::skip;
  return p;
}

void LinesJudge::close_conflict(Offset end) {
  if (!in_conflict_) return;
  in_conflict_ = false;
  report_->add_at(Kind::merge_conflict, conflict_offset_, conflict_position_, end - conflict_offset_);
}

void LinesJudge::begin_record() {
  scanner_.reset();
  sink_->begin_value(header_expected_ && records_ == 0 && solid_lines_ == 1);
  report_->begin_trial();
  phase_ = Phase::value;
}

void LinesJudge::begin_line(Offset offset) {
  phase_ = Phase::front;
  line_begin_ = offset;
  solid_ = faulty_ = probing_ = joining_ = false;
  first_value_ = true;
  last_solid_ = 0;
  bad_.set = false;
  splices_.clear();
}

const char* LinesJudge::in_value(const char* p, const char* end, Offset offset) {
  const char* stopped = scanner_.feed(p, end, offset);
  if (scanner_.progress() == Progress::complete) record_ended();
  if (scanner_.progress() == Progress::failed) {
    return failed(stopped, offset + static_cast<Offset>(stopped - p));
  }
  return stopped;
}

void LinesJudge::record_ended() {
  phase_ = Phase::behind;
  if (joining_) return;
  if (held_) settle_torn(Kind::torn_record);
  if (!probing_ && splices_.empty() && !faulty_) count_record();
}

void LinesJudge::count_record() {
  sink_->end_value();
  report_->accept_trial();
  ++records_;
  const std::uint64_t signature = sink_->last_object().signature;
  const bool known =
      std::find(known_records_.begin(), known_records_.end(), signature) != known_records_.end();
  if (container_ && !known && known_records_.size() < k_known_records) known_records_.push_back(signature);
}

bool LinesJudge::ends_in_known_record(Offset offset) const {
  const auto& object = sink_->last_object();
  return object.end == offset &&
         std::find(known_records_.begin(), known_records_.end(), object.signature) != known_records_.end();
}

const char* LinesJudge::failed(const char* p, Offset offset) {
  const Expected expected = scanner_.expected();
  report_->drop_trial();
  if (*p == 0) {
    scanner_.pass_over();
    nuls_ = {offset, offset + 1, report_->at(offset), false};
    return p + 1;
  }
  if (held_ && !joining_) {
    if (resume_held(p, offset)) return p;
    settle_torn(Kind::torn_record);
  }
  if (*p == '\n') return newline_in_value(p, offset);
  if (probing_) {
    phase_ = Phase::skip;
    return p;
  }
  if (expected == Expected::string_byte) {
    report_->add(Kind::raw_control, offset, 1);
    faulty_ = true;
    scanner_.pass_over();
    return p + 1;
  }
  if (!joining_ && try_record_at(p, offset)) return p;
  if (expected == Expected::escape || expected == Expected::hex_digit) {
    report_->add(Kind::bad_syntax, offset, 1, describe(expected, scanner_.depth()));
    faulty_ = true;
    scanner_.pass_over();
    return p;
  }
  give_up_line(Kind::bad_syntax, offset, describe(expected, scanner_.depth()));
  return p;
}

const char* LinesJudge::newline_in_value(const char* p, Offset offset) {
  const Offset next = offset + 1;
  if (joining_) {
    scanner_.pass_over();
    held_ = scanner_.state();
    ++joined_lines_;
  } else if (probing_ || bad_.set) {
    end_bad_line(offset);
  } else if (ends_in_known_record(scanner_.significant_end())) {
    const auto& object = sink_->last_object();
    report_->add_at(Kind::splice, object.begin, object.position, 0);
    ++records_;
  } else {
    for (Suspicion& splice : splices_) settle(splice, Kind::splice, 0);
    suspect(torn_, Kind::torn_record, offset, describe(scanner_.expected(), scanner_.depth()));
    scanner_.pass_over();
    held_ = scanner_.state();
    joined_lines_ = 0;
  }
  begin_line(next);
  return p + 1;
}

bool LinesJudge::try_record_at(const char* p, Offset offset) {
  const auto start = record_start_near(report_->lines(), offset, *p);
  if (!start || *start <= record_begin_ || splices_.size() == k_known_records) return false;
  const std::string replayed =
      report_->lines().text_before(offset, static_cast<std::size_t>(offset - *start));
  splices_.emplace_back();
  suspect(splices_.back(), Kind::splice, *start, {});
  record_begin_ = *start;
  container_ = true;
  begin_record();
  scanner_.feed(replayed.data(), replayed.data() + replayed.size(), *start);
  return true;
}

bool LinesJudge::resume_held(const char* p, Offset offset) {
  // A line that begins with "{" and goes on like a record is one; only what does not may still be the rest of
  // the line before.
  const bool was_tried = p != nullptr;
  if (was_tried && (offset != record_begin_ + 1 || scanner_.depth() != 1)) return false;
  scanner_.resume(*held_);
  sink_->mute();
  report_->drop_trial();
  joining_ = true;
  faulty_ = true;
  phase_ = Phase::value;
  if (joined_lines_ == 0) suspect(joined_, Kind::bad_syntax, was_tried ? offset - 1 : offset, {});
  if (was_tried) {
    constexpr char k_brace = '{';
    scanner_.feed(&k_brace, &k_brace + 1, offset - 1);
    if (scanner_.progress() == Progress::failed) return false;
  }
  return true;
}

void LinesJudge::give_up_line(Kind kind, Offset offset, std::string_view detail) {
  if (joining_) {
    // The lines since the cut one are no continuation of it; the first of them stands for all.
    bad_ = joined_;
    bad_.kind = kind;
    bad_.detail = detail;
    joined_lines_ = 0;
    settle_torn(Kind::torn_record);
    joining_ = false;
  } else if (!bad_.set) {
    suspect(bad_, kind, offset, detail);
  }
  faulty_ = true;
  phase_ = Phase::skip;
}

const char* LinesJudge::behind(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  while (p != end && *p != '\n' && json::is_blank(*p)) ++p;
  if (p == end || *p == 0) return p;
  offset += static_cast<Offset>(p - begin);
  if (*p == '\n') {
    end_whole_line(offset);
    begin_line(offset + 1);
    return p + 1;
  }
  if (probing_) {
    report_->drop_trial();
    phase_ = Phase::skip;
    return p;
  }
  const bool container = *p == '{' || *p == '[';
  if (!splices_.empty()) end_whole_line(offset);
  if (container && container_ && !joining_) {
    report_->add(Kind::glued, offset, 0);
    first_value_ = false;
    record_begin_ = offset;
    begin_record();
    return p;
  }
  if (first_value_ && !container_ && !faulty_) {
    --records_;  // it was no record, but the rest of one
    give_up_line(Kind::bad_syntax, record_begin_, describe(Expected::value, 0));
  } else {
    give_up_line(Kind::stale_tail, offset, {});
  }
  return p;
}

const char* LinesJudge::skip(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  for (; p != end && *p != '\n' && *p != 0; ++p) {
    if (!json::is_blank(*p)) last_solid_ = *p;
    if (*p != '{' || known_records_.empty()) continue;
    record_begin_ = offset + static_cast<Offset>(p - begin);
    if (record_begin_ == line_begin_) continue;
    probing_ = true;
    container_ = true;
    begin_record();
    // The byte itself is taken here, so that every try goes forward.
    scanner_.feed(p, p + 1, record_begin_);
    return p + 1;
  }
  if (p == end || *p == 0) return p;
  const Offset newline = offset + static_cast<Offset>(p - begin);
  end_bad_line(newline);
  begin_line(newline + 1);
  return p + 1;
}

}  // namespace session::check
