#include "check/document_judge.h"

namespace session::check {

using json::Progress;

void DocumentJudge::reset() { *this = DocumentJudge(*report_, *sink_); }

void DocumentJudge::feed(const char* begin, const char* end, Offset offset) {
  if (begin != end) flush_invalid();
  for (const char* p = begin; p != end;) p = step(p, end, offset + static_cast<Offset>(p - begin));
}

const char* DocumentJudge::step(const char* p, const char* end, Offset offset) {
  if (nuls_.pending() || *p == 0) {
    const char* behind_nuls = pass_nuls(p, end, offset);
    if (behind_nuls != p) return behind_nuls;
  }
  switch (phase_) {
    case Phase::stop: {
      const void* nul = std::memchr(p, 0, static_cast<std::size_t>(end - p));
      return nul == nullptr ? end : static_cast<const char*>(nul);
    }
    case Phase::behind: return behind(p, end, offset);
    case Phase::value:
    case Phase::more: break;
  }
  const char* stopped = scanner_.feed(p, end, offset);
  solid_ = solid_ || !scanner_.untouched();
  if (scanner_.progress() == Progress::failed)
    return failed(stopped, offset + static_cast<Offset>(stopped - p));
  if (scanner_.progress() == Progress::complete) {
    first_whole_ = true;
    phase_ = Phase::behind;
  }
  return stopped;
}

const char* DocumentJudge::pass_nuls(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  const bool blanks_belong = !scanner_.within_string() || phase_ == Phase::behind || phase_ == Phase::stop;
  while (p != end) {
    if (*p == 0) {
      const Offset here = offset + static_cast<Offset>(p - begin);
      if (!nuls_.pending()) nuls_ = {here, here, report_->at(here), !solid_ && phase_ == Phase::value};
      nuls_.end = here + 1;
    } else if (!blanks_belong || !json::is_blank(*p)) {
      resolve_nuls(/*at_end=*/false);
      break;
    }
    ++p;
  }
  if (scanner_.progress() == Progress::failed && phase_ != Phase::stop) scanner_.pass_over();
  return p;
}

void DocumentJudge::resolve_nuls(bool at_end) {
  if (!nuls_.pending()) return;
  const Kind kind = at_end ? Kind::nul_tail : nuls_.at_front ? Kind::nul_prefix : Kind::nul_interior;
  report_->add_at(kind, nuls_.begin, nuls_.position, nuls_.end - nuls_.begin);
  nuls_ = {};
}

const char* DocumentJudge::failed(const char* p, Offset offset) {
  const json::Expected expected = scanner_.expected();
  if (*p == 0) {
    scanner_.pass_over();
    return p;
  }
  if (expected == json::Expected::string_byte) {
    report_->add(Kind::raw_control, offset, 1);
    scanner_.pass_over();
    return p + 1;
  }
  if (phase_ == Phase::more) {
    stop_at(Kind::stale_tail, extra_offset_, {});
    return p;
  }
  if (expected == json::Expected::escape || expected == json::Expected::hex_digit) {
    report_->add(Kind::bad_syntax, offset, 1, describe(expected, scanner_.depth()));
    scanner_.pass_over();
    return p;
  }
  stopped_at_front_ = scanner_.untouched();
  stop_at(Kind::bad_syntax, offset, describe(expected, scanner_.depth()));
  return p;
}

void DocumentJudge::stop_at(Kind kind, Offset offset, std::string_view detail) {
  phase_ = Phase::stop;
  solid_ = true;
  stop_kind_ = kind;
  stop_offset_ = offset;
  stop_position_ = kind == Kind::stale_tail ? extra_position_ : report_->at(offset);
  stop_detail_ = detail;
}

const char* DocumentJudge::behind(const char* p, const char* end, Offset offset) {
  const char* const begin = p;
  while (p != end && json::is_blank(*p)) ++p;
  if (p == end || *p == 0) return p;
  offset += static_cast<Offset>(p - begin);
  if (!extra_) {
    extra_ = true;
    extra_offset_ = offset;
    extra_position_ = report_->at(offset);
    report_->begin_trial();
  }
  scanner_.reset();
  sink_->reset();
  if (*p == '{' || *p == '[') {
    phase_ = Phase::more;
  } else {
    stop_at(Kind::stale_tail, extra_offset_, {});
  }
  return p;
}

void DocumentJudge::invalid_bytes(Offset offset, std::size_t length) {
  if (nuls_.pending()) resolve_nuls(/*at_end=*/false);
  if (invalid_end_ != offset) {
    flush_invalid();
    invalid_begin_ = offset;
    invalid_position_ = report_->at(offset);
  }
  invalid_end_ = offset + length;
  if (phase_ == Phase::value && scanner_.untouched()) {
    stopped_at_front_ = true;
    stop_at(Kind::bad_syntax, offset, {});
  }
  if (phase_ == Phase::behind) stop_at(Kind::bad_syntax, offset, {});
}

void DocumentJudge::flush_invalid() {
  if (invalid_end_ == invalid_begin_) return;
  report_->add_at(Kind::invalid_utf8, invalid_begin_, invalid_position_, invalid_end_ - invalid_begin_);
  invalid_begin_ = invalid_end_ = 0;
}

void DocumentJudge::finish(Offset end, const Outline& outline) {
  flush_invalid();
  resolve_nuls(/*at_end=*/true);
  report_->drop_trial();
  if (!outline.has_solid) {
    report_->clear();
    report_->add_at(outline.has_nul ? Kind::nul_file : Kind::empty, 0, {}, end);
    return;
  }
  switch (phase_) {
    case Phase::value:
    case Phase::more: finish_value(end); break;
    case Phase::behind:
      if (extra_) report_->add_at(Kind::glued, extra_offset_, extra_position_, end - extra_offset_);
      break;
    case Phase::stop: explain_stop(end, outline); break;
  }
}

void DocumentJudge::finish_value(Offset end) {
  scanner_.finish(end);
  if (phase_ == Phase::more)
    report_->add_at(Kind::glued, extra_offset_, extra_position_, end - extra_offset_);
  if (scanner_.progress() == Progress::complete) {
    first_whole_ = true;
    return;
  }
  report_->add(Kind::torn_tail, end, 0, describe(scanner_.expected(), scanner_.depth()));
}

void DocumentJudge::explain_stop(Offset end, const Outline& outline) {
  const bool scalar_first = stop_kind_ == Kind::stale_tail && outline.head.find_first_of("{[") != 0;
  if (stopped_at_front_ || scalar_first) {
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
  const Offset length = stop_kind_ == Kind::stale_tail ? end - stop_offset_ : 1;
  report_->add_at(stop_kind_, stop_offset_, stop_position_, length, stop_detail_);
}

}  // namespace session::check
