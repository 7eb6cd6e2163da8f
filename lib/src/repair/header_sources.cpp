#include "repair/header_sources.h"

#include <algorithm>
#include <charconv>

#include "json/pointer.h"
#include "session/id.h"

namespace session::repair {
namespace {

bool is_time(ValueRule rule) {
  return rule == ValueRule::date_time || rule == ValueRule::rfc3339 || rule == ValueRule::epoch;
}

std::optional<TimePoint> time_of(ByteView value, ValueType type) {
  std::optional<TimePoint> time;
  if (type == ValueType::string) {
    time = parse_date_time(string_content(value));
  } else if (type == ValueType::number) {
    double number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec == std::errc{} && number > 0 && number < 1e15) time = from_epoch(number);
  }
  return time && *time >= k_earliest_time ? time : std::nullopt;
}

/// A string that needs no escapes, as JSON.
std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

HeaderSources::HeaderSources(ByteView text, Format format, const Layout& layout, std::string_view file_stem)
    : format_(format), layout_(layout), file_stem_(check_session_id(file_stem) ? file_stem : "") {
  bool first = true;
  for (const RecordText& record : records_of(text, format)) {
    Result<Outline> outline = outline_of(record.value);
    if (!outline || outline->type != ValueType::object) continue;
    if (format == Format::json) {
      for (const FieldRule& rule : layout.fields) {
        if (is_time(rule.rule)) take_times(record.value, rule.path, rule.rule);
      }
    } else {
      take_record(*outline);
    }
    if (std::exchange(first, false)) top_ = std::move(*outline);
  }
}

void HeaderSources::take_time(ByteView value, ValueType type) {
  const std::optional<TimePoint> time = time_of(value, type);
  if (!time) return;
  Span& span = type == ValueType::string ? strings_ : numbers_;
  if (!span.earliest || *time < span.earliest->time) span.earliest = Time{value, *time};
  if (!span.latest || *time >= span.latest->time) span.latest = Time{value, *time};
}

/// The times at `path`, where '*' stands for every element.
void HeaderSources::take_times(ByteView value, std::string_view path, ValueRule rule) {
  const Result<Outline> outline = outline_of(value);
  if (!outline) return;
  if (path.empty()) {
    // What the rule of its own field refuses tells no time.
    const bool is_strict = rule == ValueRule::rfc3339 && outline->type == ValueType::string;
    if (is_strict && !is_rfc3339(string_content(outline->value))) return;
    return take_time(outline->value, outline->type);
  }
  const std::string_view key = json::take_component(path);
  for (const Member& member : outline->members) {
    if (key == "*" || member.key == key) take_times(member.value, path, rule);
  }
}

void HeaderSources::take_record(const Outline& record) {
  for (const Member& member : record.members) {
    const std::string pointer = '/' + member.key;
    const bool tells_time = std::find(layout_.activity_pointers.begin(), layout_.activity_pointers.end(),
                                      pointer) != layout_.activity_pointers.end();
    if (tells_time) take_time(member.value, member.type);
    if (member.type != ValueType::string) continue;
    const auto [shared, is_new] = shared_.try_emplace(member.key, Shared{member.value});
    if (!is_new && shared->second.value != member.value) shared->second.agreed = false;
  }
}

std::optional<RebuiltField> HeaderSources::from_name(const FieldRule& rule, std::string_view key) const {
  if (file_stem_.empty()) return std::nullopt;
  // The layout says that the stem is the id, and that its names hold nothing else.
  const bool is_stem = layout_.id_pointer.empty() && layout_.stem_patterns.empty() && key == "id";
  if (rule.rule == ValueRule::file_stem || (format_ == Format::json_lines && is_stem)) {
    return RebuiltField{rule.path, quoted(file_stem_), "the file's name"};
  }
  const Result<Outline> form = outline_of(layout_.empty_session);
  const Member* const member = form ? find_member(*form, key) : nullptr;
  if (member == nullptr || member->value.find("{id") == ByteView::npos) return std::nullopt;
  const std::optional<Bytes> made = layout_.make_empty_session(file_stem_, {});
  const Result<Outline> filled = made ? outline_of(*made) : outline_of("");
  if (!filled) return std::nullopt;
  return RebuiltField{rule.path, std::string(find_member(*filled, key)->value), "the file's name"};
}

std::optional<RebuiltField> HeaderSources::from_times(const FieldRule& rule) const {
  const bool is_number = rule.rule == ValueRule::epoch;
  const bool wants_latest = std::find(layout_.activity_pointers.begin(), layout_.activity_pointers.end(),
                                      rule.path) != layout_.activity_pointers.end();
  const Span& span = is_number ? numbers_ : strings_;
  const std::optional<Time>& time = wants_latest ? span.latest : span.earliest;
  if (!time) return std::nullopt;
  return RebuiltField{rule.path, std::string(time->text),
                      wants_latest ? "the latest time left in it" : "the earliest time left in it"};
}

std::optional<RebuiltField> HeaderSources::field(const FieldRule& rule) const {
  const std::string_view key = std::string_view(rule.path).substr(1);
  if (rule.rule == ValueRule::equals) {
    return RebuiltField{rule.path, quoted(rule.values[0]), "the layout's constant"};
  }
  if (auto named = from_name(rule, key)) return named;
  const auto shared = shared_.find(key);
  if (!is_time(rule.rule) && shared != shared_.end() && shared->second.agreed) {
    return RebuiltField{rule.path, std::string(shared->second.value), "the records that are left"};
  }
  return is_time(rule.rule) ? from_times(rule) : std::nullopt;
}

}  // namespace session::repair
