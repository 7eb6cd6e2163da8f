#pragma once

#include <cstring>
#include <string>

#include "check/judge.h"

namespace session::check {

/// Judges one JSON document.
class DocumentJudge {
 public:
  DocumentJudge(Report& report, RecordSink& sink) : report_(&report), sink_(&sink), scanner_(sink) {}
  void reset();

  void feed(const char* begin, const char* end, Offset offset);
  /// Bytes that are no part of a valid character.
  void invalid_bytes(Offset offset, std::size_t length);
  void finish(Offset end, const Outline& outline);

  [[nodiscard]] std::uint64_t records() const { return first_whole_ ? 1 : 0; }
  /// Whether the first value is whole and nothing but blanks has followed.
  [[nodiscard]] bool is_whole() const { return first_whole_ && phase_ == Phase::behind; }

 private:
  enum class Phase : std::uint8_t {
    value,   ///< before or in the first value
    behind,  ///< behind a whole value
    more,    ///< in another one
    stop,    ///< the rest is not judged
  };
  const char* step(const char* p, const char* end, Offset offset);
  const char* pass_nuls(const char* p, const char* end, Offset offset);
  const char* failed(const char* p, Offset offset);
  const char* behind(const char* p, const char* end, Offset offset);
  void resolve_nuls(bool at_end);
  void stop_at(Kind kind, Offset offset, std::string_view detail);
  void explain_stop(Offset end, const Outline& outline);
  void flush_invalid();
  void finish_value(Offset end);

  Report* report_;
  RecordSink* sink_;
  json::Scanner<RecordSink> scanner_;
  Phase phase_ = Phase::value;
  bool first_whole_ = false;
  bool solid_ = false;  ///< something other than blanks and NULs has come
  NulRun nuls_;
  Offset invalid_end_ = 0;  ///< where the last run of invalid bytes ended
  Offset invalid_begin_ = 0;
  json::Position invalid_position_;
  Offset stop_offset_ = 0;  ///< why the rest is not judged
  json::Position stop_position_;
  Kind stop_kind_ = Kind::bad_syntax;
  std::string stop_detail_;
  bool stopped_at_front_ = false;
  Offset extra_offset_ = 0;  ///< what follows the first value
  json::Position extra_position_;
  bool extra_ = false;
};

}  // namespace session::check
