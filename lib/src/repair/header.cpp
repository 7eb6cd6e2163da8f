#include "repair/header.h"

#include <algorithm>

#include "repair/header_sources.h"

namespace session::repair {
namespace {

bool stands_at_top(const FieldRule& rule) {
  return rule.path.size() > 1 && rule.path.find('/', 1) == std::string::npos;
}

std::string_view key_of(const FieldRule& rule) { return std::string_view(rule.path).substr(1); }

/// Whether the first record is a header, with or without all of its fields: by the constant that headers
/// have, else by a field that other records do not have.
bool is_header(const Outline& first, const Layout& layout) {
  bool has_own_field = false;
  for (const FieldRule& rule : layout.header_fields) {
    if (!stands_at_top(rule)) continue;
    const Member* const member = find_member(first, key_of(rule));
    if (rule.rule == ValueRule::equals) {
      return member != nullptr && member->type == ValueType::string &&
             string_content(member->value) == rule.values[0];
    }
    const bool is_shared = std::any_of(layout.fields.begin(), layout.fields.end(),
                                       [&](const FieldRule& other) { return other.path == rule.path; });
    has_own_field = has_own_field || (member != nullptr && !is_shared);
  }
  return has_own_field;
}

/// `fields` as members, as the object writes its own: what stands between them.
std::string members_of(const std::vector<RebuiltField>& fields, std::string_view colon,
                       std::string_view between) {
  std::string text;
  for (const RebuiltField& field : fields) {
    if (!text.empty()) text.append(",").append(between);
    text.append("\"").append(field.field.substr(1)).append("\"").append(colon).append(field.value);
  }
  return text;
}

/// The edit that puts `fields` before the first member of `object`.
TextEdit at_the_top(ByteView text, const Outline& object, const std::vector<RebuiltField>& fields) {
  TextEdit edit;
  edit.at = offset_in(text, object.value) + 1;
  if (object.members.empty()) {
    edit.inserted = members_of(fields, ":", "");
    return edit;
  }
  const Member& first = object.members.front();
  const std::size_t key_at = offset_in(text, first.key_text);
  const std::size_t key_end = key_at + first.key_text.size();
  const ByteView between = text.substr(edit.at, key_at - edit.at);
  const ByteView colon = text.substr(key_end, offset_in(text, first.value) - key_end);
  edit.inserted = std::string(between) + members_of(fields, colon, between) + ",";
  return edit;
}

}  // namespace

HeaderFix rebuild_header(ByteView text, Format format, const Layout& layout, std::string_view file_stem) {
  HeaderFix fix;
  const bool by_records = format == Format::json_lines;
  const std::vector<FieldRule>& rules = by_records ? layout.header_fields : layout.fields;
  if (rules.empty()) return fix;
  const HeaderSources sources(text, format, layout, file_stem);
  if (sources.top().type != ValueType::object) return fix;
  const bool whole_record = by_records && !is_header(sources.top(), layout);
  bool required = false;
  for (const FieldRule& rule : rules) {
    if (!stands_at_top(rule)) continue;
    if (!whole_record && (rule.presence == Presence::optional || find_member(sources.top(), key_of(rule)))) {
      continue;
    }
    if (auto field = sources.field(rule)) {
      fix.rebuilt.push_back(std::move(*field));
    } else if (rule.presence == Presence::required) {
      fix.untold.push_back(rule.path);
    }
    required = required || rule.presence == Presence::required;
  }
  if (!required || !fix.untold.empty()) {
    fix.rebuilt.clear();
  } else if (whole_record) {
    fix.edits.push_back({0, 0, '{' + members_of(fix.rebuilt, ":", "") + "}\n"});
  } else {
    fix.edits.push_back(at_the_top(text, sources.top(), fix.rebuilt));
  }
  return fix;
}

}  // namespace session::repair
