#pragma once
// The judge of a JSON document, which is one value with nothing but blanks around it.

#include <cstring>
#include <string>

#include "check/judge.h"
#include "check/marker_line.h"
#include "check/record_start.h"

namespace session::check {

/// Judges one JSON document.
class DocumentJudge {
 public:
  DocumentJudge(Report& report, RecordSink& sink)
      : report_(&report), sink_(&sink), scanner_(sink), other_(silence_) {}
  DocumentJudge(const DocumentJudge&) = delete;
  DocumentJudge& operator=(const DocumentJudge&) = delete;
  void reset();

  void feed(const char* begin, const char* end, Offset offset);
  /// Bytes that are no part of a valid character.
  void invalid_bytes(Offset offset, std::size_t length);
  /// So many NULs follow one that was fed.
  void pass_nuls(Offset count) {
    if (state_.nuls.pending()) state_.nuls.end += count;
  }
  /// The piece of text at hand goes.
  void piece_ends();
  void finish(Offset end, const Outline& outline);

  [[nodiscard]] std::uint64_t records() const { return state_.first_whole ? 1 : 0; }

 private:
  enum class Phase : std::uint8_t {
    value,      ///< before or in the first value
    marker,     ///< in what may be a conflict marker
    theirs,     ///< at a line of the other side of a conflict, which is passed over
    line_rest,  ///< in the rest of a line that is passed over
    behind,     ///< behind a whole value
    more,       ///< in another one
    stop,       ///< the rest is not judged
  };
  /// A second reading, begun where another document may run into this one.
  enum class Other : std::uint8_t { none, value, behind };

  const char* step(const char* p, const char* end, Offset offset);
  void step_other(const char* begin, const char* end, Offset offset);
  const char* in_value(const char* p, const char* end, Offset offset);
  const char* pass_nuls(const char* p, const char* end, Offset offset);
  const char* in_marker(const char* p, Offset offset);
  const char* in_theirs(const char* p, Offset offset);
  const char* in_line_rest(const char* p, const char* end);
  void begin_marker(Offset offset);
  void close_conflict(Offset end);
  const char* behind(const char* p, const char* end, Offset offset);
  const char* failed(const char* p, Offset offset);
  const char* mend(const char* p, Offset offset);
  void begin_other(const char* p, Offset offset);
  void resolve_nuls(bool at_end);
  void flush_invalid();
  void stop_at(Kind kind, Offset offset, std::string_view detail);
  void explain_stop(Offset end, const Outline& outline);
  void finish_value(Offset end, const NulRun& nuls);

  static constexpr int k_mends = 100;

  Report* report_;
  RecordSink* sink_;
  json::SilentSink silence_;
  json::Scanner<RecordSink> scanner_;
  json::Scanner<json::SilentSink> other_;

  const char* piece_ = nullptr;  ///< the piece of text at hand
  Offset piece_offset_ = 0;

  struct State {
    Phase phase = Phase::value;
    bool first_whole = false;
    bool solid = false;  ///< something other than blanks and NULs has come
    int mends = 0;       ///< how often reading went on behind a violation
    NulRun nuls;
    Offset invalid_begin = 0;
    Offset invalid_end = 0;
    json::Position invalid_position;
    Kind stop_kind = Kind::bad_syntax;  ///< why the rest is not judged
    Offset stop_offset = 0;
    json::Position stop_position;
    std::string stop_detail;
    bool stopped_at_front = false;
    bool extra = false;  ///< something follows the first value
    Offset extra_offset = 0;
    json::Position extra_position;
    Other other = Other::none;
    Offset other_offset = 0;
    Offset other_from = 0;  ///< how far it has read
    json::Position other_position;
    MarkerLine marker;
    Offset conflict_offset = 0;
    json::Position conflict_position;
    bool in_conflict = false;
    bool in_theirs = false;
  };
  State state_;
};

}  // namespace session::check
