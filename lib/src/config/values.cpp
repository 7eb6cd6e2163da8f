#include "config/values.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "session/suggest.h"

namespace session::config {

namespace {

constexpr double k_most_hours = 1e8;  // eleven thousand years; far inside what milliseconds hold

std::string quote(std::string_view text) { return "'" + std::string{text} + "'"; }

BadValue not_a(std::string_view wanted, std::string_view text, Spelling spelling) {
  std::string problem = quote(text) + " is not " + std::string{wanted};
  if (spelling == Spelling::yaml_quoted) problem += " (it is in quotes, so it is text)";
  return {std::move(problem), {}};
}

std::optional<double> to_number(std::string_view text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  if (!whole || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> to_count(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return count;
}

struct Unit {
  milliseconds length;
  std::string_view name;
};

Unit unit_of(ValueType type) {
  if (type == ValueType::hours) return {std::chrono::hours{1}, "hours"};
  return {std::chrono::seconds{1}, "seconds"};
}

Result<Value, BadValue> parse_length(ValueType type, std::string_view text, Spelling spelling) {
  const Unit unit = unit_of(type);
  const std::string expected =
      type == ValueType::hours
          ? "a number of hours above 0, or 0"
          : (type == ValueType::seconds ? "a number of seconds, 0 or more" : "a number of seconds above 0");
  const auto refuse = [&](BadValue bad) {
    bad.expected = expected;
    return Unexpected{std::move(bad)};
  };
  const std::string wanted = "a number of " + std::string{unit.name};
  if (spelling == Spelling::yaml_quoted) return refuse(not_a(wanted, text, spelling));
  const std::optional<double> number = to_number(text);
  if (!number) {
    const auto with_unit = spelling == Spelling::text ? parse_duration(text, unit.length) : std::nullopt;
    if (!with_unit) return refuse(not_a(wanted, text, spelling));
    if (type == ValueType::positive_seconds && with_unit->count() == 0) return refuse({"must not be 0", {}});
    return Value{*with_unit};
  }
  if (std::signbit(*number)) return refuse({std::string{text} + " is negative", {}});
  if (*number > k_most_hours) return refuse({std::string{text} + " is too large", {}});
  const milliseconds length{std::llround(*number * static_cast<double>(unit.length.count()))};
  // 0 means "never" or "at once": nothing may become it by rounding.
  if (length.count() == 0 && *number != 0) {
    return refuse({std::string{text} + " is less than a millisecond", {}});
  }
  if (type == ValueType::positive_seconds && length.count() == 0) return refuse({"must not be 0", {}});
  return Value{length};
}

Result<Value, BadValue> parse_boolean(std::string_view text, Spelling spelling) {
  if (spelling != Spelling::yaml_quoted) {
    if (text == "true") return Value{true};
    if (text == "false") return Value{false};
  }
  BadValue bad = not_a("true or false", text, spelling);
  bad.expected = "true or false";
  return Unexpected{std::move(bad)};
}

Result<Value, BadValue> parse_count(std::string_view text, Spelling spelling) {
  const auto count = spelling == Spelling::yaml_quoted ? std::nullopt : to_count(text);
  if (count) return Value{*count};
  BadValue bad = not_a("a whole number", text, spelling);
  bad.expected = "a whole number, 0 or more";
  return Unexpected{std::move(bad)};
}

Result<Value, BadValue> parse_word(std::string_view text, const std::vector<std::string_view>& words) {
  const auto found = std::ranges::find(words, text);
  if (found != words.end()) return Value{static_cast<std::uint64_t>(found - words.begin())};
  BadValue bad{quote(text) + " is not known here", "one of"};
  for (const std::string_view word : words) bad.expected += " " + std::string{word};
  if (const auto meant = did_you_mean(text, words)) {
    bad.expected += "; did you mean " + std::string{*meant} + "?";
  }
  return Unexpected{std::move(bad)};
}

Result<Value, BadValue> parse_brake(std::string_view text) {
  if (text == "none") return Value{std::monostate{}};
  if (const auto count = to_count(text)) return Value{*count};
  if (text.ends_with('%')) {
    const auto percent = to_number(text.substr(0, text.size() - 1));
    if (percent && !std::signbit(*percent) && *percent <= 100) return Value{*percent};
  }
  return Unexpected{
      BadValue{quote(text) + " is no limit", "none, a whole number, or a percentage such as 20%"}};
}

std::string show_number(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return {text, end};
}

}  // namespace

Result<Value, BadValue> parse_value(ValueType type, std::string_view text, Spelling spelling,
                                    const std::vector<std::string_view>& words) {
  switch (type) {
    case ValueType::hours:
    case ValueType::seconds:
    case ValueType::positive_seconds: return parse_length(type, text, spelling);
    case ValueType::boolean: return parse_boolean(text, spelling);
    case ValueType::count: return parse_count(text, spelling);
    case ValueType::words: return parse_word(text, words);
    case ValueType::brake: return parse_brake(text);
    case ValueType::text:
    case ValueType::texts: break;
  }
  if (text.empty()) return Unexpected{BadValue{"must not be empty", {}}};
  return Value{std::string{text}};
}

std::string show_value(ValueType type, const Value& value, const std::vector<std::string_view>& words) {
  if (const auto* length = std::get_if<milliseconds>(&value)) {
    return show_number(static_cast<double>(length->count()) /
                       static_cast<double>(unit_of(type).length.count()));
  }
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* percent = std::get_if<double>(&value)) return show_number(*percent) + "%";
  if (std::holds_alternative<std::monostate>(value)) return "none";
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* count = std::get_if<std::uint64_t>(&value)) {
    return type == ValueType::words ? std::string{words[*count]} : std::to_string(*count);
  }
  std::string list = "[";
  for (const std::string& text : std::get<std::vector<std::string>>(value)) {
    list += (list.size() > 1 ? ", " : "") + text;
  }
  return list + "]";
}

}  // namespace session::config
