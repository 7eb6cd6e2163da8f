#pragma once
// Points in time as sessions record them, and durations as people type them.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace session {

/// Milliseconds since the Unix epoch, UTC: the finest unit any layout records.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
using std::chrono::milliseconds;

/// The wall clock now.
TimePoint now();

/// `patience` from now on the clock that nobody sets, for waiting; what is longer than a hundred years counts
/// as that long, so that any duration may be asked for.
std::chrono::steady_clock::time_point deadline_in(milliseconds patience);
/// What is left until `deadline`, rounded up; 0 once it is over.
milliseconds left_until(std::chrono::steady_clock::time_point deadline);

/// Parses an ISO 8601 / RFC 3339 date-time: `YYYY-MM-DDThh:mm:ss[.fraction][Z|±hh:mm|±hhmm]`
/// ('t', 'z' and a space for 'T' are accepted; seconds may be left out; 60 is accepted as a leap
/// second). Without a zone the time is local, by the TZ in force at that date. A date alone is not
/// a point in time. Returns nullopt for anything else; digits below a millisecond are cut off.
std::optional<TimePoint> parse_date_time(std::string_view text);

/// Whether parse_date_time() reads `text` and it has the seconds and the zone that RFC 3339 demands.
bool is_rfc3339(std::string_view text);

/// Reads an epoch count as seconds or milliseconds by magnitude: |value| >= 1e11 is milliseconds
/// (1e11 s is the year 5138; 1e11 ms is March 1973). Fractions of seconds are kept to the ms.
TimePoint from_epoch(double value);

/// Parses any activity time a session records as text: a date-time, or an epoch count in digits.
std::optional<TimePoint> parse_activity_text(std::string_view text);

/// No time of a session is earlier: what says so is no time.
inline constexpr TimePoint k_earliest_time =
    std::chrono::sys_days{std::chrono::year{2000} / std::chrono::January / 1};

/// Whether `time` may be believed as an activity time: from k_earliest_time to 24 h after `as_of`.
bool is_plausible(TimePoint time, TimePoint as_of);

/// RFC 3339 in UTC with milliseconds: `2026-11-21T11:12:29.000Z`.
std::string format_rfc3339(TimePoint time);

/// `20261121T111229Z`: UTC, for use inside file names.
std::string format_compact(TimePoint time);
/// Reads that form, and no other.
std::optional<TimePoint> parse_compact(std::string_view text);

/// Parses `168h`, `7d`, `30m`, `10s`, `500ms`, `2w`, `1h30m`; a bare number counts `bare_unit`.
/// Fractions are allowed (`1.5h`). Returns nullopt for negative, empty, unknown-unit or
/// overflowing input.
std::optional<milliseconds> parse_duration(std::string_view text, milliseconds bare_unit);

/// The shortest exact form that parse_duration reads back: `7d`, `90m`, `1500ms`.
std::string format_duration(milliseconds duration);

}  // namespace session
