#include "session/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace session {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

/// Takes text apart from the left; every member says whether it found what it was asked for.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool at_digit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }

  bool one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_[0]) == std::string_view::npos) return false;
    taken_ = rest_[0];
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char taken() const { return taken_; }

  /// Exactly `count` digits, with a value from `low` to `high`.
  bool number(int count, int low, int high, int& value) {
    value = 0;
    for (int i = 0; i < count; ++i) {
      if (!at_digit()) return false;
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return value >= low && value <= high;
  }

  /// One digit or more.
  std::string_view digits() {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    const std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }

  std::string_view letters() {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= 'a' && rest_[count] <= 'z') ++count;
    const std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }

 private:
  std::string_view rest_;
  char taken_ = '\0';
};

bool parse_date(Cursor& cursor, sys_days& date) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!cursor.number(4, 0, 9999, year) || !cursor.one_of("-") || !cursor.number(2, 1, 12, month) ||
      !cursor.one_of("-") || !cursor.number(2, 1, 31, day)) {
    return false;
  }
  const std::chrono::year_month_day civil{std::chrono::year{year},
                                          std::chrono::month{static_cast<unsigned>(month)},
                                          std::chrono::day{static_cast<unsigned>(day)}};
  if (!civil.ok()) return false;
  date = sys_days{civil};
  return true;
}

/// The milliseconds of a fraction; what is finer is cut off, so that no time moves into the future.
milliseconds fraction_of(std::string_view digits) {
  int value = 0;
  for (std::size_t i = 0; i < 3; ++i) value = value * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return milliseconds{value};
}

bool parse_time_of_day(Cursor& cursor, milliseconds& since_midnight) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!cursor.number(2, 0, 23, hour) || !cursor.one_of(":") || !cursor.number(2, 0, 59, minute)) return false;
  since_midnight = hours{hour} + minutes{minute};
  if (!cursor.one_of(":")) return true;
  if (!cursor.number(2, 0, 60, second)) return false;
  since_midnight += seconds{second};
  if (!cursor.one_of(".")) return true;
  const std::string_view fraction = cursor.digits();
  since_midnight += fraction_of(fraction);
  return !fraction.empty();
}

std::optional<seconds> offset_at(sys_seconds moment) {
  const std::time_t count = moment.time_since_epoch().count();
  std::tm broken_down{};
  if (localtime_r(&count, &broken_down) == nullptr) return std::nullopt;
  return seconds{broken_down.tm_gmtoff};
}

/// A local time without a zone. mktime(3) is not used: for the hour that a change of clocks repeats or leaves
/// out, its answer depends on what it was asked before. Here it is always the later of the moments
/// that can be meant: a session may be removed late, never early.
std::optional<TimePoint> local_time(TimePoint as_if_utc) {
  const auto whole = std::chrono::floor<seconds>(as_if_utc);
  const std::optional<seconds> before = offset_at(whole - days{1});
  const std::optional<seconds> after = offset_at(whole + days{1});
  if (!before || !after) return std::nullopt;
  const auto holds = [&](seconds offset) { return offset_at(whole - offset) == offset; };
  if (holds(*before) != holds(*after)) return as_if_utc - (holds(*before) ? *before : *after);
  return as_if_utc - std::min(*before, *after);
}

std::optional<TimePoint> parse_number(std::string_view text) {
  double value = 0;
  Cursor cursor(text);
  cursor.one_of("-");
  if (cursor.digits().empty()) return std::nullopt;
  if (cursor.one_of(".") && cursor.digits().empty()) return std::nullopt;
  if (!cursor.at_end()) return std::nullopt;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (result.ec != std::errc{}) return std::nullopt;
  return from_epoch(value);
}

struct Unit {
  std::string_view name;
  milliseconds length;
};
/// Longest first; format_duration() has no use for weeks, people say "14d".
constexpr std::array k_units = {
    Unit{"w", days{7}},    Unit{"d", days{1}},    Unit{"h", hours{1}},
    Unit{"m", minutes{1}}, Unit{"s", seconds{1}}, Unit{"ms", milliseconds{1}},
};
constexpr std::size_t k_first_formatted_unit = 1;

/// `whole.fraction` times `unit`, only if it is a whole number of milliseconds.
std::optional<std::int64_t> exact_product(std::string_view whole, std::string_view fraction,
                                          milliseconds unit) {
  std::int64_t count = 0;
  const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), count);
  if (parsed.ec != std::errc{}) return std::nullopt;
  std::int64_t product = 0;
  if (__builtin_mul_overflow(count, unit.count(), &product)) return std::nullopt;

  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  constexpr std::size_t k_most_digits = 9;  // a week times 10^9 still fits 64 bits
  if (fraction.size() > k_most_digits) return std::nullopt;
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  for (const char digit : fraction) {
    numerator = numerator * 10 + (digit - '0');
    denominator *= 10;
  }
  const std::int64_t part = numerator * unit.count();
  if (part % denominator != 0) return std::nullopt;
  if (__builtin_add_overflow(product, part / denominator, &product)) return std::nullopt;
  return product;
}

}  // namespace

TimePoint now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

std::chrono::steady_clock::time_point deadline_in(milliseconds patience) {
  constexpr milliseconds k_forever = std::chrono::hours(100 * 365 * 24);
  return std::chrono::steady_clock::now() + std::min(patience, k_forever);
}

milliseconds left_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::max(left, milliseconds(0));
}

std::optional<TimePoint> parse_date_time(std::string_view text) {
  Cursor cursor(text);
  sys_days date;
  milliseconds since_midnight{0};
  if (!parse_date(cursor, date) || !cursor.one_of("Tt ") || !parse_time_of_day(cursor, since_midnight)) {
    return std::nullopt;
  }
  const TimePoint as_written = date + since_midnight;
  if (cursor.at_end()) return local_time(as_written);
  if (cursor.one_of("Zz")) return cursor.at_end() ? std::optional{as_written} : std::nullopt;

  if (!cursor.one_of("+-")) return std::nullopt;
  const int sign = cursor.taken() == '+' ? 1 : -1;
  int hour = 0;
  int minute = 0;
  if (!cursor.number(2, 0, 23, hour)) return std::nullopt;
  cursor.one_of(":");
  if (!cursor.number(2, 0, 59, minute) || !cursor.at_end()) return std::nullopt;
  return as_written - sign * (hours{hour} + minutes{minute});
}

bool is_rfc3339(std::string_view text) {
  constexpr std::size_t k_seconds = std::string_view("2026-01-01T00:00").size();
  constexpr std::size_t k_zone = std::string_view("2026-01-01T00:00:00").size();
  return parse_date_time(text) && text.size() > k_zone && text[k_seconds] == ':' &&
         text.find_first_of("Zz+-", k_zone) != std::string_view::npos;
}

TimePoint from_epoch(double value) {
  constexpr double k_least_milliseconds = 1e11;
  constexpr double k_limit = 9.2e18;  // just inside 64 bits
  const double count = std::abs(value) >= k_least_milliseconds ? value : value * 1000.0;
  if (std::isnan(count) || count <= -k_limit) return TimePoint::min();
  if (count >= k_limit) return TimePoint::max();
  // A fraction of a second is seldom exact in binary: 1.001 s is 1000.9999999999999 ms.
  return TimePoint{milliseconds{std::llround(count)}};
}

std::optional<TimePoint> parse_activity_text(std::string_view text) {
  if (const auto time = parse_date_time(text)) return time;
  return parse_number(text);
}

bool is_plausible(TimePoint time, TimePoint as_of) {
  return time >= k_earliest_time && time <= as_of + hours{24};
}

namespace {

struct Civil {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<milliseconds> time;
};
Civil civil_of(TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<milliseconds>{time - day}};
}

std::string format_civil(const char* format, const Civil& civil) {
  std::array<char, 64> buffer{};
  const int length = std::snprintf(
      buffer.data(), buffer.size(), format, static_cast<int>(civil.date.year()),
      static_cast<unsigned>(civil.date.month()), static_cast<unsigned>(civil.date.day()),
      static_cast<int>(civil.time.hours().count()), static_cast<int>(civil.time.minutes().count()),
      static_cast<int>(civil.time.seconds().count()), static_cast<int>(civil.time.subseconds().count()));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string format_rfc3339(TimePoint time) {
  return format_civil("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", civil_of(time));
}

std::string format_compact(TimePoint time) {
  // The milliseconds are passed and not asked for: excess arguments are evaluated and ignored.
  return format_civil("%04d%02u%02uT%02d%02d%02dZ", civil_of(time));
}

std::optional<TimePoint> parse_compact(std::string_view text) {
  constexpr std::size_t k_length = 16;
  if (text.size() != k_length || text[8] != 'T' || text.back() != 'Z') return std::nullopt;
  std::string spaced(text);
  for (const std::size_t dash : {4U, 7U}) spaced.insert(dash, "-");
  for (const std::size_t colon : {13U, 16U}) spaced.insert(colon, ":");
  return parse_date_time(spaced);
}

std::optional<milliseconds> parse_duration(std::string_view text, milliseconds bare_unit) {
  Cursor cursor(text);
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // units descend: "30m1h" is more likely a slip than a wish
  bool first = true;
  do {
    const std::string_view whole = cursor.digits();
    if (whole.empty()) return std::nullopt;
    std::string_view fraction;
    if (cursor.one_of(".")) {
      fraction = cursor.digits();
      if (fraction.empty()) return std::nullopt;
    }
    const std::string_view name = cursor.letters();
    milliseconds unit = bare_unit;
    if (name.empty()) {
      if (!first || !cursor.at_end()) return std::nullopt;
    } else {
      while (next_unit < k_units.size() && k_units[next_unit].name != name) ++next_unit;
      if (next_unit == k_units.size()) return std::nullopt;
      unit = k_units[next_unit++].length;
    }
    const auto part = exact_product(whole, fraction, unit);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
    first = false;
  } while (!cursor.at_end());
  return milliseconds{total};
}

std::string format_duration(milliseconds duration) {
  if (duration == milliseconds{0}) return "0s";
  std::size_t unit = k_first_formatted_unit;
  while (duration % k_units[unit].length != milliseconds{0}) ++unit;
  return std::to_string(duration / k_units[unit].length) + std::string(k_units[unit].name);
}

}  // namespace session
