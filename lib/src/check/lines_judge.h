#pragma once
// The judge of JSON Lines, which are values with a newline behind each.

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "check/judge.h"
#include "check/marker_line.h"
#include "check/record_start.h"

namespace session::check {

/// Judges JSON Lines: every line by itself, so that one bad line hides no other. Bytes are split at
/// 0x0A and nowhere else.
class LinesJudge {
 public:
  LinesJudge(Report& report, RecordSink& sink)
      : report_(&report), sink_(&sink), scanner_(sink, json::Newline::violation) {}
  void reset(StartsAt starts_at);

  void feed(const char* begin, const char* end, Offset offset);
  void invalid_bytes(Offset offset, std::size_t length);
  /// So many NULs follow one that was fed.
  void pass_nuls(Offset count) {
    if (nuls_.pending()) nuls_.end += count;
  }
  /// The piece of text at hand goes.
  void piece_ends();
  void finish(Offset end, const Outline& outline);

  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  enum class Phase : std::uint8_t {
    front,   ///< before the first solid byte of a line
    marker,  ///< in what may be a conflict marker
    value,   ///< in a record
    behind,  ///< behind a whole record
    skip,    ///< in the rest of a bad line
  };
  /// A finding that waits for what comes behind it.
  struct Suspicion {
    bool set = false;
    Kind kind = Kind::bad_syntax;
    Offset offset = 0;
    json::Position position;
    std::string detail;
  };

  const char* step(const char* p, const char* end, Offset offset);
  const char* at_front(const char* p, const char* end, Offset offset);
  const char* in_marker(const char* p, Offset offset);
  const char* in_value(const char* p, const char* end, Offset offset);
  const char* behind(const char* p, const char* end, Offset offset);
  const char* skip(const char* p, const char* end, Offset offset);
  const char* pass_nuls(const char* p, const char* end, Offset offset);

  const char* failed(const char* p, Offset offset);
  const char* newline_in_value(const char* p, Offset offset);
  bool try_record_at(const char* p, Offset offset);
  bool resume_held(const char* p, Offset offset);
  void give_up_line(Kind kind, Offset offset, std::string_view detail);
  void begin_record();
  void begin_line(Offset offset);
  void end_bad_line(Offset end);
  void end_whole_line(Offset end);
  void record_ended();
  void count_record();
  [[nodiscard]] bool ends_in_known_record(Offset offset) const;
  void suspect(Suspicion& suspicion, Kind kind, Offset offset, std::string_view detail);
  void settle(Suspicion& suspicion, Kind kind, Offset length);
  void settle_torn(Kind kind);
  void settle_fragment(bool last);
  void resolve_nuls(bool at_end);
  void flush_invalid();
  void close_conflict(Offset end);
  void explain_nothing_whole(Offset end, const Outline& outline);

  static constexpr std::size_t k_known_records = 16;

  Report* report_;
  RecordSink* sink_;
  json::Scanner<RecordSink> scanner_;
  Phase phase_ = Phase::front;
  bool header_expected_ = true;
  std::uint64_t records_ = 0;
  std::uint64_t solid_lines_ = 0;
  std::vector<std::uint64_t> known_records_;  ///< signatures of whole records

  // The line being read.
  Offset line_begin_ = 0;
  Offset record_begin_ = 0;
  bool solid_ = false;
  bool faulty_ = false;      ///< damage was found in it
  bool first_value_ = true;  ///< the value being read is the line's first
  bool container_ = false;   ///< the value begins with a bracket
  bool probing_ = false;     ///< a record is tried in the rest of a bad line
  char last_solid_ = 0;
  Suspicion bad_;                   ///< why the rest of the line is skipped
  std::vector<Suspicion> splices_;  ///< where records may begin inside it

  // What earlier lines left open.
  Suspicion torn_;                          ///< the line before ended inside its record
  std::optional<json::ScannerState> held_;  ///< and that is how far it was read
  bool joining_ = false;                    ///< this line is read as its continuation
  std::uint64_t joined_lines_ = 0;
  Suspicion joined_;    ///< the first line that was
  Suspicion fragment_;  ///< a line without the beginning of a record
  bool fragment_closes_ = false;
  MarkerLine marker_;
  bool in_conflict_ = false;
  Offset conflict_offset_ = 0;
  json::Position conflict_position_;

  NulRun nuls_;
  Offset invalid_begin_ = 0;
  Offset invalid_end_ = 0;
  json::Position invalid_position_;
};

}  // namespace session::check
