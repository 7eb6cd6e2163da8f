#pragma once

#include <cstring>
#include <string>

#include "check/judge.h"

namespace session::check {

/// Judges JSON Lines: every line by itself, so that one bad line hides no other. Bytes are split at
/// 0x0A and nowhere else.
class LinesJudge {
 public:
  LinesJudge(Report& report, RecordSink& sink) : report_(&report), sink_(&sink), scanner_(sink) {
    scanner_.set_newline(json::Newline::violation);
  }
  void reset();

  void feed(const char* begin, const char* end, Offset offset);
  void invalid_bytes(Offset offset, std::size_t length);
  void finish(Offset end, const Outline& outline);

  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  enum class Phase : std::uint8_t {
    front,   ///< before the first solid byte of a line
    value,   ///< in a record
    behind,  ///< behind a whole record
    skip,    ///< in the rest of a bad line
  };
  const char* step(const char* p, const char* end, Offset offset);
  const char* at_front(const char* p, const char* end, Offset offset);
  const char* in_value(const char* p, const char* end, Offset offset);
  const char* behind(const char* p, const char* end, Offset offset);
  const char* skip(const char* p, const char* end);
  const char* pass_nuls(const char* p, const char* end, Offset offset);
  const char* failed(const char* p, Offset offset);
  void begin_record();
  void begin_line();
  void record_ended();
  void torn_at(Offset offset);
  void resolve_torn(Kind kind);
  void resolve_nuls(bool at_end);
  void flush_invalid();
  void note_solid();

  Report* report_;
  RecordSink* sink_;
  json::Scanner<RecordSink> scanner_;
  Phase phase_ = Phase::front;
  std::uint64_t records_ = 0;
  std::uint64_t lines_ = 0;
  bool line_is_blank_ = true;
  bool trial_ = false;
  NulRun nuls_;
  Offset invalid_begin_ = 0;
  Offset invalid_end_ = 0;
  json::Position invalid_position_;
  bool torn_ = false;  ///< the last solid line ended inside its record
  Offset torn_offset_ = 0;
  json::Position torn_position_;
  std::string torn_detail_;
  bool first_line_bad_at_front_ = false;
  Offset first_bad_offset_ = 0;
  json::Position first_bad_position_;
  std::string first_bad_detail_;
};

}  // namespace session::check
