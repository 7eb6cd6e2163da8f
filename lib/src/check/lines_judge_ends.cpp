// How lines, runs of odd bytes and the whole input end: where what was suspected is settled.

#include <algorithm>

#include "check/lines_judge.h"

namespace session::check {

using json::Progress;

void LinesJudge::suspect(Suspicion& suspicion, Kind kind, Offset offset, std::string_view detail) {
  suspicion = {true, kind, offset, report_->at(offset), std::string(detail)};
}

void LinesJudge::settle(Suspicion& suspicion, Kind kind, Offset length) {
  if (!suspicion.set) return;
  report_->add_at(kind, suspicion.offset, suspicion.position, length, suspicion.detail);
  suspicion.set = false;
}

void LinesJudge::settle_torn(Kind kind) {
  held_.reset();
  settle(torn_, kind, 0);
  if (joined_lines_ != 0) settle(joined_, Kind::bad_syntax, 1);
  joined_.set = false;
  joined_lines_ = 0;
}

/// A line without a record's beginning is the rest of one whose beginning is gone; at the very end, of an
/// older, longer version.
void LinesJudge::settle_fragment(bool last) {
  if (!fragment_.set) return;
  const bool first = fragment_.offset == 0 || solid_lines_ <= (last ? 1U : 2U);
  if (last && !first) {
    settle(fragment_, Kind::stale_tail, 0);
  } else {
    settle(fragment_, fragment_closes_ ? Kind::headless : Kind::bad_syntax, fragment_closes_ ? 0 : 1);
  }
}

void LinesJudge::end_whole_line(Offset end) {
  if (joining_) {
    torn_.detail = "joined with the " + std::to_string(joined_lines_ + 1) + " lines behind it";
    settle(torn_, Kind::split_record, 1);
    held_.reset();
    joined_.set = false;
    joined_lines_ = 0;
    joining_ = false;
    return;
  }
  if (probing_) {
    const auto& object = sink_->last_object();
    const bool known =
        std::find(known_records_.begin(), known_records_.end(), object.signature) != known_records_.end();
    if (!known) {
      end_bad_line(end);
      return;
    }
    probing_ = false;
    report_->add_at(Kind::splice, object.begin, object.position, 0);
    count_record();
    bad_.set = false;
    return;
  }
  if (!splices_.empty()) {
    count_record();
    for (Suspicion& splice : splices_) settle(splice, Kind::splice, 0);
    splices_.clear();
  }
}

void LinesJudge::end_bad_line(Offset end) {
  report_->drop_trial();
  if (!bad_.set) return;
  const bool no_record_begins =
      bad_.kind == Kind::bad_syntax && bad_.offset == record_begin_ && splices_.empty();
  if (no_record_begins) {
    fragment_ = bad_;
    fragment_closes_ = last_solid_ == '}' || last_solid_ == ']';
    bad_.set = false;
    return;
  }
  settle(bad_, bad_.kind, bad_.kind == Kind::stale_tail ? end - bad_.offset : 1);
}

const char* LinesJudge::pass_nuls(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  const bool blanks_belong = phase_ != Phase::value || !scanner_.within_string();
  while (p != end) {
    const Offset here = offset + static_cast<Offset>(p - begin);
    if (*p == 0) {
      if (!nuls_.pending()) {
        report_->drop_trial();
        nuls_ = {here, here, report_->at(here), phase_ == Phase::front};
      }
      nuls_.end = here + 1;
      solid_ = true;
    } else if (!blanks_belong || !json::is_blank(*p)) {
      resolve_nuls(/*at_end=*/false);
      break;
    } else if (*p == '\n') {
      nuls_.at_front = false;
      if (phase_ == Phase::value)
        suspect(torn_, Kind::torn_record, here, describe(scanner_.expected(), scanner_.depth()));
      if (phase_ == Phase::behind) end_whole_line(here);
      if (phase_ == Phase::skip) end_bad_line(here);
      begin_line(here + 1);
    }
    ++p;
  }
  return p;
}

void LinesJudge::resolve_nuls(bool at_end) {
  if (!nuls_.pending()) return;
  const bool prefix = nuls_.at_front && phase_ == Phase::front;
  const Kind kind = at_end ? Kind::nul_tail : prefix ? Kind::nul_prefix : Kind::nul_interior;
  report_->add_at(kind, nuls_.begin, nuls_.position, nuls_.end - nuls_.begin);
  if (phase_ == Phase::value) faulty_ = true;
  // What follows NULs at a line's front is the front still.
  if (prefix) line_begin_ = nuls_.end;
  nuls_ = {};
}

void LinesJudge::invalid_bytes(Offset offset, std::size_t length) {
  report_->drop_trial();
  if (nuls_.pending()) resolve_nuls(/*at_end=*/false);
  if (invalid_end_ != offset) {
    flush_invalid();
    invalid_begin_ = offset;
    invalid_position_ = report_->at(offset);
  }
  invalid_end_ = offset + length;
  if (phase_ == Phase::front) {
    ++solid_lines_;
    solid_ = true;
    settle_fragment(/*last=*/false);
    if (held_) resume_held(nullptr, offset);
  }
  faulty_ = true;
  if (phase_ != Phase::value || !scanner_.within_string()) phase_ = Phase::skip;
}

void LinesJudge::flush_invalid() {
  if (invalid_end_ == invalid_begin_) return;
  report_->add_at(Kind::invalid_utf8, invalid_begin_, invalid_position_, invalid_end_ - invalid_begin_);
  invalid_begin_ = invalid_end_ = 0;
}

void LinesJudge::explain_nothing_whole(Offset end, const Outline& outline) {
  if (!outline.has_solid) {
    report_->clear();
    report_->add_at(outline.has_nul ? Kind::nul_file : Kind::empty, 0, {}, end);
    return;
  }
  const std::string_view foreign = foreign_format(outline.head);
  if (foreign.empty()) return;
  report_->clear();
  report_->add_at(Kind::not_json, 0, {}, end, foreign);
}

void LinesJudge::finish(Offset end, const Outline& outline) {
  flush_invalid();
  const bool nuls_at_end = nuls_.pending();
  constexpr char k_line_end = '\n';
  if (phase_ == Phase::marker) in_marker(&k_line_end, end);
  if (phase_ == Phase::value) {
    scanner_.finish(end);
    if (scanner_.progress() == Progress::complete) {
      record_ended();
    } else if (probing_ || bad_.set) {
      end_bad_line(end);
    } else {
      report_->drop_trial();
      if (held_) settle_torn(Kind::torn_record);
      if (ends_in_known_record(scanner_.significant_end()) && !joining_) {
        const auto& object = sink_->last_object();
        report_->add_at(Kind::splice, object.begin, object.position, 0);
        ++records_;
        phase_ = Phase::behind;
      } else {
        for (Suspicion& splice : splices_) settle(splice, Kind::splice, 0);
        const Offset cut = nuls_at_end ? nuls_.begin : end;
        suspect(torn_, Kind::torn_tail, cut, describe(scanner_.expected(), scanner_.depth()));
        if (nuls_at_end) torn_.position = nuls_.position;
      }
    }
  }
  if (phase_ == Phase::skip) end_bad_line(end);
  if (phase_ == Phase::behind) {
    end_whole_line(end);
    if (!nuls_at_end) report_->add(Kind::missing_newline, end, 0);
  }
  resolve_nuls(/*at_end=*/true);
  settle_fragment(/*last=*/true);
  if (torn_.set) settle_torn(Kind::torn_tail);
  close_conflict(end);
  if (records_ == 0) explain_nothing_whole(end, outline);
  const bool only_a_header = header_expected_ && solid_lines_ == 1 && records_ == 1 && sink_->knows_header();
  if (only_a_header && !report_->has_damage()) {
    report_->add_at(Kind::husk, 0, {}, 0, "a header without any record");
  }
}

}  // namespace session::check
