#include "repair/cut_record.h"

#include <algorithm>
#include <optional>

#include "session/members.h"

namespace session::repair {
namespace {

std::optional<Member> member_at(ByteView value, std::string_view path) {
  std::optional<Member> found;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view key = path.substr(0, path.find('/'));
    path.remove_prefix(key.size());
    const Result<Outline> outline = outline_of(found ? found->value : value);
    if (!outline || outline->type != ValueType::object) return std::nullopt;
    const Member* member = find_member(*outline, key);
    if (member == nullptr) return std::nullopt;
    found = *member;
  }
  return found;
}

bool is_of_kind(ByteView record, const RecordRule& rule) {
  if (rule.marker.empty()) return true;
  const std::optional<Member> marker = member_at(record, rule.marker);
  return marker && marker->type == ValueType::string && string_content(marker->value) == rule.value;
}

/// Of an array that was cut in its first element nothing is left.
bool is_there(ByteView record, std::string_view path) {
  const std::optional<Member> member = member_at(record, path);
  if (!member) return false;
  if (member->type != ValueType::array) return true;
  const Result<Outline> elements = outline_of(member->value);
  return elements && !elements->members.empty();
}

}  // namespace

bool may_be_cut(std::string_view path, const Layout& layout) {
  return std::ranges::any_of(layout.cut_records, [&](const RecordRule& rule) {
    return std::ranges::any_of(rule.required, [&](std::string_view required) {
      return required.starts_with(path) && (required.size() == path.size() || required[path.size()] == '/');
    });
  });
}

bool is_usable(ByteView record, const Layout& layout) {
  return std::ranges::any_of(layout.cut_records, [&](const RecordRule& rule) {
    return is_of_kind(record, rule) && std::ranges::all_of(rule.required, [&](const std::string& path) {
             return is_there(record, path);
           });
  });
}

}  // namespace session::repair
