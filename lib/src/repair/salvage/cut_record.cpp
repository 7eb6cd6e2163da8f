#include "repair/salvage/cut_record.h"

#include <algorithm>
#include <optional>

#include "session/members.h"

namespace session::repair {
namespace {

bool is_of_kind(ByteView record, const RecordRule& rule) {
  if (rule.marker.empty()) return true;
  const std::optional<Outline> marker = outline_at(record, rule.marker);
  return marker && marker->type == ValueType::string && string_content(marker->value) == rule.value;
}

/// Of an array that was cut in its first element nothing is left.
bool is_there(ByteView record, std::string_view path) {
  const std::optional<Outline> value = outline_at(record, path);
  return value && (value->type != ValueType::array || !value->members.empty());
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
