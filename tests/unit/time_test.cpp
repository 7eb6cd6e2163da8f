#include "session/time.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

using namespace session;
using namespace std::chrono_literals;

namespace {

/// Sets TZ for one test case.
class Zone {
 public:
  explicit Zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  ~Zone() {
    unsetenv("TZ");
    tzset();
  }
};

std::string read(std::string_view text) {
  const auto time = parse_date_time(text);
  return time ? format_rfc3339(*time) : "no time";
}

std::string read_any(std::string_view text) {
  const auto time = parse_activity_text(text);
  return time ? format_rfc3339(*time) : "no time";
}

long long span(std::string_view text) {
  const auto duration = parse_duration(text, std::chrono::hours{1});
  return duration ? duration->count() : -1;
}

}  // namespace

TEST_CASE("date-times with a zone") {
  CHECK(read("2026-11-21T11:12:29Z") == "2026-11-21T11:12:29.000Z");
  CHECK(read("2026-11-21T11:12:29.5Z") == "2026-11-21T11:12:29.500Z");
  CHECK(read("2026-11-21T11:12:29.123456789Z") == "2026-11-21T11:12:29.123Z");
  CHECK(read("2026-11-21T11:12:29.9999Z") == "2026-11-21T11:12:29.999Z");
  CHECK(read("2026-11-21t11:12:29z") == "2026-11-21T11:12:29.000Z");
  CHECK(read("2026-11-21 11:12:29Z") == "2026-11-21T11:12:29.000Z");
  CHECK(read("2026-11-21T11:12Z") == "2026-11-21T11:12:00.000Z");
  CHECK(read("2026-11-21T11:12:29+02:00") == "2026-11-21T09:12:29.000Z");
  CHECK(read("2026-11-21T11:12:29-0530") == "2026-11-21T16:42:29.000Z");
  CHECK(read("2026-11-21T11:12:29-00:00") == "2026-11-21T11:12:29.000Z");
  CHECK(read("2026-11-21T11:12:29.250+05:45") == "2026-11-21T05:27:29.250Z");
  CHECK(read("2026-11-21T11:12+14:00") == "2026-11-20T21:12:00.000Z");
  CHECK(read("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
  CHECK(read("2000-02-29T23:59:59Z") == "2000-02-29T23:59:59.000Z");
  CHECK(read("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00.000Z");
  CHECK(read("1969-12-31T23:59:59.001Z") == "1969-12-31T23:59:59.001Z");
  CHECK(read("0000-01-01T00:00:00Z") == "0000-01-01T00:00:00.000Z");
  CHECK(read("9999-12-31T23:59:59Z") == "9999-12-31T23:59:59.000Z");
}

TEST_CASE("RFC 3339 demands seconds and a zone") {
  for (const char* text : {"2026-01-01T00:00:00Z", "2026-01-01t00:00:00.5z", "2026-01-01 00:00:60+01:00"}) {
    CAPTURE(text);
    CHECK(is_rfc3339(text));
  }
  for (const char* text : {"2026-01-01T00:00:00", "2026-01-01T00:00Z", "2026-01-01T00:00", "2026-01-01", "",
                           "Z", "2026-01-01T00:00:00.5", "2026-13-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(is_rfc3339(text));
  }
}

TEST_CASE("what is no date-time") {
  const std::string_view bad[] = {
      "",
      "now",
      "2026",
      "2026-11-21",
      "2026-11-21T",
      "2026-11-21T11",
      "2026-11-21T11Z",
      "2026-11-21T11:1Z",
      "2026-11-21T11:12:",
      "2026-11-21T11:12:2Z",
      "2026-11-21T11:12:29.",
      "2026-11-21T11:12:29.Z",
      "2026-11-21T11:12.5Z",
      "2026-11-21T11:12:29,5Z",
      "2026-11-21T24:00:00Z",
      "2026-11-21T11:60:00Z",
      "2026-11-21T11:12:61Z",
      "2026-02-29T11:12:29Z",
      "1900-02-29T11:12:29Z",
      "2026-04-31T11:12:29Z",
      "2026-00-10T11:12:29Z",
      "2026-13-10T11:12:29Z",
      "2026-11-00T11:12:29Z",
      "2026-11-32T11:12:29Z",
      "26-11-21T11:12:29Z",
      "02026-11-21T11:12:29Z",
      "+002026-11-21T11:12:29Z",
      "-2026-11-21T11:12:29Z",
      "2026/11/21T11:12:29Z",
      "20261121T111229Z",
      "2026-11-21T11:12:29 Z",
      "2026-11-21T11:12:29ZZ",
      "2026-11-21T11:12:29Zx",
      "2026-11-21T11:12:29+2:00",
      "2026-11-21T11:12:29+02",
      "2026-11-21T11:12:29+24:00",
      "2026-11-21T11:12:29+02:60",
      "2026-11-21T11:12:29+02:00Z",
      "2026-11-21T11:12:29 +02:00",
      " 2026-11-21T11:12:29Z",
      "2026-11-21T11:12:29Z ",
      "2026-11-21  11:12:29Z",
      "2026-11-21T11:12:29[UTC]",
      "2026-11-21T11:12:29GMT",
      "Sat Nov 21 11:12:29 2026",
      "２０２６-11-21T11:12:29Z",
  };
  for (const auto text : bad) {
    CAPTURE(text);
    CHECK(read(text) == "no time");
    CHECK(read_any(text).substr(0, 3) != "202");
  }
  CHECK(read(std::string_view("2026-11-21T11:12:29Z\0", 21)) == "no time");
}

TEST_CASE("date-times without a zone are local") {
  SUBCASE("UTC") {
    const Zone zone("UTC0");
    CHECK(read("2026-11-21T11:12:29.123456") == "2026-11-21T11:12:29.123Z");
    CHECK(read("2026-11-21 11:12") == "2026-11-21T11:12:00.000Z");
  }
  SUBCASE("seven hours ahead") {
    const Zone zone("ICT-7");
    CHECK(read("2026-11-21T11:12:29") == "2026-11-21T04:12:29.000Z");
  }
  SUBCASE("the offset is the one in force at that date") {
    const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(read("2026-01-15T12:00:00") == "2026-01-15T11:00:00.000Z");
    CHECK(read("2026-07-15T12:00:00") == "2026-07-15T10:00:00.000Z");
  }
  SUBCASE("an hour that happens twice is read as its later occurrence") {
    const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(read("2026-10-25T01:59:59") == "2026-10-24T23:59:59.000Z");
    CHECK(read("2026-10-25T02:30:00") == "2026-10-25T01:30:00.000Z");
    CHECK(read("2026-10-25T03:00:00") == "2026-10-25T02:00:00.000Z");
  }
  SUBCASE("an hour that never happens is read as its later meaning") {
    const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(read("2026-03-29T01:59:59") == "2026-03-29T00:59:59.000Z");
    CHECK(read("2026-03-29T02:30:00") == "2026-03-29T01:30:00.000Z");
    CHECK(read("2026-03-29T03:00:00") == "2026-03-29T01:00:00.000Z");
  }
}

TEST_CASE("epoch counts are told apart by magnitude") {
  CHECK(format_rfc3339(from_epoch(1795259549)) == "2026-11-21T11:12:29.000Z");
  CHECK(format_rfc3339(from_epoch(1795259549123)) == "2026-11-21T11:12:29.123Z");
  CHECK(format_rfc3339(from_epoch(1795259549.123)) == "2026-11-21T11:12:29.123Z");
  CHECK(from_epoch(1e11) == TimePoint{milliseconds{100'000'000'000}});
  CHECK(from_epoch(99'999'999'999.0) == TimePoint{milliseconds{99'999'999'999'000}});
  CHECK(from_epoch(-1e11) == TimePoint{milliseconds{-100'000'000'000}});
  CHECK(from_epoch(0) == TimePoint{});
  CHECK(from_epoch(1e300) == TimePoint::max());
  CHECK(from_epoch(-1e300) == TimePoint::min());
  CHECK(from_epoch(std::strtod("nan", nullptr)) == TimePoint::min());
}

TEST_CASE("activity text: a date-time or a count in digits") {
  CHECK(read_any("2026-11-21T11:12:29Z") == "2026-11-21T11:12:29.000Z");
  CHECK(read_any("1795259549") == "2026-11-21T11:12:29.000Z");
  CHECK(read_any("1795259549123") == "2026-11-21T11:12:29.123Z");
  CHECK(read_any("1795259549.5") == "2026-11-21T11:12:29.500Z");
  CHECK(read_any("0") == "1970-01-01T00:00:00.000Z");
  for (const auto* text : {"", "-", "+1795259549", " 1795259549", "1795259549 ", "1795259549.", ".5", "1e9",
                           "0x10", "inf", "nan", "-inf", "17952 59549", "1.2.3"}) {
    CAPTURE(text);
    CHECK(read_any(text) == "no time");
  }
}

TEST_CASE("times before 2000 or more than a day ahead are not believed") {
  const TimePoint as_of = *parse_date_time("2026-11-21T12:00:00Z");
  CHECK(is_plausible(as_of, as_of));
  CHECK(is_plausible(*parse_date_time("2000-01-01T00:00:00Z"), as_of));
  CHECK_FALSE(is_plausible(*parse_date_time("1999-12-31T23:59:59.999Z"), as_of));
  CHECK(is_plausible(as_of + 24h, as_of));
  CHECK_FALSE(is_plausible(as_of + 24h + 1ms, as_of));
  CHECK_FALSE(is_plausible(TimePoint::min(), as_of));
  CHECK_FALSE(is_plausible(TimePoint::max(), as_of));
}

TEST_CASE("formatting") {
  const TimePoint time = *parse_date_time("2026-01-02T03:04:05.006Z");
  CHECK(format_rfc3339(time) == "2026-01-02T03:04:05.006Z");
  CHECK(format_compact(time) == "20260102T030405Z");
  CHECK(parse_compact("20260102T030405Z") == *parse_date_time("2026-01-02T03:04:05Z"));
  for (const auto* text : {"", "20260102T030405", "20260102 030405Z", "20260102t030405Z", "20261302T030405Z",
                           "2026-102T030405Z", "20260102T030405ZZ", "20260102T03:405Z"}) {
    CAPTURE(text);
    CHECK(parse_compact(text) == std::nullopt);
  }
  CHECK(format_rfc3339(TimePoint{-1ms}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("durations") {
  CHECK(span("168h") == 604'800'000);
  CHECK(span("168") == 604'800'000);
  CHECK(span("7d") == 604'800'000);
  CHECK(span("1w") == 604'800'000);
  CHECK(span("30m") == 1'800'000);
  CHECK(span("10s") == 10'000);
  CHECK(span("500ms") == 500);
  CHECK(span("1h30m") == 5'400'000);
  CHECK(span("1w2d3h4m5s6ms") == 788'645'006);
  CHECK(span("1.5h") == 5'400'000);
  CHECK(span("1.5") == 5'400'000);
  CHECK(span("0.5d") == 43'200'000);
  CHECK(span("0.000005d") == 432);
  CHECK(span("1.50000000000000h") == 5'400'000);
  CHECK(span("0") == 0);
  CHECK(span("0s") == 0);
  CHECK(span("0.0") == 0);
  CHECK(span("007d") == 604'800'000);
  CHECK(parse_duration("30", std::chrono::seconds{1}) == 30s);
  CHECK(parse_duration("9223372036854775807ms", 1ms) == milliseconds::max());
}

TEST_CASE("what is no duration") {
  for (const auto* text : {"",
                           "h",
                           "-1h",
                           "+1h",
                           " 1h",
                           "1h ",
                           "1 h",
                           "1H",
                           "1hour",
                           "1y",
                           "1M",
                           "1h1",
                           "1h30",
                           "1m1h",
                           "1h1h",
                           "1.h",
                           ".5h",
                           "1..5h",
                           "1e3s",
                           "1,5h",
                           "0x1h",
                           "inf",
                           "nan",
                           "1ms1s",
                           "1d-",
                           "0.0001s",
                           "1h.5",
                           "1.5.5h",
                           "0.3333333333h",
                           "99999999999999999999h",
                           "9223372036854775808ms",
                           "15250284453w1d"}) {
    CAPTURE(text);
    CHECK(span(text) == -1);
  }
}

TEST_CASE("a formatted duration reads back as itself") {
  CHECK(format_duration(milliseconds{0}) == "0s");
  CHECK(format_duration(7 * 24h) == "7d");
  CHECK(format_duration(14 * 24h) == "14d");
  CHECK(format_duration(90min) == "90m");
  CHECK(format_duration(1500ms) == "1500ms");
  CHECK(format_duration(1h) == "1h");
  for (const long long count : {1LL, 999LL, 1000LL, 61'000LL, 3'600'000LL, 86'400'001LL, 604'800'000LL}) {
    CHECK(parse_duration(format_duration(milliseconds{count}), 1ms) == milliseconds{count});
  }
}
