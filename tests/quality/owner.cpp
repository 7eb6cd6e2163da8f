#include "quality/owner.h"

#include <algorithm>
#include <string>

#include "quality/survivors.h"
#include "session/layout.h"

namespace quality {
namespace {

using Json = nlohmann::json;

bool has_type(const Json& value, session::TypeSet types) {
  return (value.is_string() && (types & session::k_string) != 0) ||
         (value.is_number() && (types & (session::k_number | session::k_integer)) != 0) ||
         (value.is_boolean() && (types & session::k_boolean) != 0) ||
         (value.is_null() && (types & session::k_null) != 0) ||
         (value.is_object() && (types & session::k_object) != 0) ||
         (value.is_array() && (types & session::k_array) != 0);
}

/// Whether `value` obeys the rule at `path` ("/messages/*/role") from `value` on.
bool obeys(const Json& value, std::string_view path, const session::FieldRule& rule) {
  if (path.empty()) return has_type(value, rule.types);
  path.remove_prefix(1);
  const std::string component(path.substr(0, path.find('/')));
  path.remove_prefix(component.size());
  if (component == "*") {
    return !value.is_structured() ||
           std::all_of(value.begin(), value.end(), [&](const Json& each) { return obeys(each, path, rule); });
  }
  const auto member = value.is_object() ? value.find(component) : value.end();
  if (!value.is_object() || member == value.end()) {
    return !path.empty() || rule.presence == session::Presence::optional;
  }
  return obeys(*member, path, rule);
}

/// Takes out of `value` every element of an array (a message, a call) that
/// lacks what `rule` requires from `path` on. False if `value` itself lacks it.
bool keep_usable(Json& value, std::string_view path, const session::FieldRule& rule) {
  if (path.empty()) return has_type(value, rule.types);
  path.remove_prefix(1);
  const std::string component(path.substr(0, path.find('/')));
  path.remove_prefix(component.size());
  if (component != "*") {
    const auto member = value.is_object() ? value.find(component) : value.end();
    if (!value.is_object() || member == value.end()) return !path.empty();
    return keep_usable(*member, path, rule);
  }
  if (!value.is_array()) return true;
  Json usable = Json::array();
  for (Json& element : value) {
    if (keep_usable(element, path, rule)) usable.push_back(std::move(element));
  }
  value = std::move(usable);
  return true;
}

/// Whether something whole is left of `required`: of an array, an element.
bool is_left(const Json& record, const Json& truth, const std::string& required) {
  const Json::json_pointer path(required);
  if (!record.contains(path)) return false;
  const Json& value = record.at(path);
  const Json& whole = truth.at(path);
  if (!value.is_array()) return true;
  return std::any_of(value.begin(), value.end(), [&](const Json& element) {
    return std::find(whole.begin(), whole.end(), element) != whole.end();
  });
}

/// Whether a record that lost something has what `rule` asks for.
bool is_usable(const Json& record, const Json& truth, const session::RecordRule& rule) {
  if (!rule.marker.empty()) {
    const Json::json_pointer marker(rule.marker);
    if (!record.contains(marker) || record.at(marker) != rule.value) return false;
  }
  return std::all_of(rule.required.begin(), rule.required.end(),
                     [&](const std::string& required) { return is_left(record, truth, required); });
}

}  // namespace

bool loads(const Document& document, std::string_view result) {
  const session::Layout* layout = session::find_layout(document.layout);
  if (layout == nullptr || layout->format != session::Format::json) return true;
  const Json json = Json::parse(result, nullptr, false);
  if (json.is_discarded()) return false;
  return std::all_of(layout->fields.begin(), layout->fields.end(),
                     [&](const session::FieldRule& rule) { return obeys(json, rule.path, rule); });
}

bool accepts(const Document& document, std::string_view result) {
  const session::Layout* layout = session::find_layout(document.layout);
  if (layout == nullptr || layout->format == session::Format::json) return loads(document, result);
  const Json header = Json::parse(result.substr(0, result.find('\n')), nullptr, false);
  return std::all_of(layout->header_fields.begin(), layout->header_fields.end(),
                     [&](const session::FieldRule& rule) {
                       if (!obeys(header, rule.path, rule)) return false;
                       const bool must_equal = rule.rule == session::ValueRule::equals;
                       return !must_equal || header.at(Json::json_pointer(rule.path)) == rule.values.front();
                     });
}

std::vector<Json> usable_values(const Document& document, std::vector<Json> surviving) {
  const session::Layout* layout = session::find_layout(document.layout);
  if (layout == nullptr) return surviving;
  if (layout->format == session::Format::json) {
    for (const session::FieldRule& rule : layout->fields) {
      Json& value = surviving.front();
      const bool required = rule.presence == session::Presence::required;
      if (!value.is_discarded() && required && !keep_usable(value, rule.path, rule))
        value = Json(Json::value_t::discarded);
    }
    return surviving;
  }
  const std::vector<Json> truth = all_values(document);
  for (std::size_t i = 0; i < surviving.size(); ++i) {
    const bool usable =
        surviving[i] == truth[i] ||
        std::any_of(layout->cut_records.begin(), layout->cut_records.end(),
                    [&](const session::RecordRule& rule) { return is_usable(surviving[i], truth[i], rule); });
    if (!usable) surviving[i] = Json(Json::value_t::discarded);
  }
  return surviving;
}

}  // namespace quality
