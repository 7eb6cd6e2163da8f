#include "quality/measure.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace quality {
namespace {

using Json = nlohmann::json;

void add(Reading& reading, const std::string& path, const Json& value) {
  ++reading.leaves[path + " = " + value.dump(-1, ' ', false, Json::error_handler_t::replace)];
  ++reading.count;
}

void collect(Reading& reading, const std::string& path, const Json& value) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) collect(reading, path + '/' + key, member);
  } else if (value.is_array()) {
    for (const Json& element : value) collect(reading, path + "/*", element);
  } else {
    add(reading, path, value);
  }
}

/// Reads a valid text for the leaves whose key and value bytes `held` says are there.
class Survivors {
 public:
  Survivors(const std::string& text, const std::vector<std::size_t>& run, Reading& reading)
      : text_(text), run_(run), reading_(reading) {}

  std::size_t value(std::size_t at, const std::string& path, bool key_held) {
    at = blanks(at);
    if (text_[at] == '{' || text_[at] == '[') return container(at, path);
    const std::size_t end = scalar_end(at);
    if (key_held && run_[at] >= end - at) add(reading_, path, Json::parse(text_.substr(at, end - at)));
    return end;
  }
  [[nodiscard]] std::size_t blanks(std::size_t at) const {
    while (at < text_.size() && std::string_view(" \t\n\r").find(text_[at]) != std::string_view::npos) ++at;
    return at;
  }

 private:
  std::size_t container(std::size_t at, const std::string& path) {
    const bool object = text_[at] == '{';
    at = blanks(at + 1);
    while (text_[at] != '}' && text_[at] != ']') {
      if (object) {
        const std::size_t end = scalar_end(at);
        const std::string key = Json::parse(text_.substr(at, end - at)).get<std::string>();
        const bool held = run_[at] >= end - at;
        at = value(blanks(end) + 1, path + '/' + key, held);
      } else {
        at = value(at, path + "/*", true);
      }
      at = blanks(at);
      if (text_[at] == ',') at = blanks(at + 1);
    }
    return at + 1;
  }
  [[nodiscard]] std::size_t scalar_end(std::size_t at) const {
    if (text_[at] == '"') {
      for (++at; text_[at] != '"'; ++at) at += text_[at] == '\\' ? 1U : 0U;
      return at + 1;
    }
    return std::min(text_.find_first_of(",}] \t\r\n", at), text_.size());
  }

  const std::string& text_;
  const std::vector<std::size_t>& run_;
  Reading& reading_;
};

std::size_t common(const Leaves& a, const Leaves& b) {
  std::size_t sum = 0;
  for (const auto& [leaf, count] : a) {
    const auto found = b.find(leaf);
    if (found != b.end()) sum += std::min(count, found->second);
  }
  return sum;
}

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

}  // namespace

Reading read_leaves(std::string_view text, session::Format format) {
  Reading reading;
  if (format == session::Format::json) {
    const Json json = Json::parse(text, nullptr, false);
    reading.valid = !json.is_discarded();
    if (reading.valid) collect(reading, "", json);
    return reading;
  }
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find_first_not_of(" \r\t") == std::string_view::npos) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) return {false, {}, 0};
    collect(reading, "", json);
  }
  return reading;
}

Reading surviving_leaves(const Document& document, const Damaged& damaged) {
  // run[i]: how many bytes from i on follow each other in the damaged text as they did. Bytes that were
  // re-encoded hold as long as each still has its place.
  std::vector<std::size_t> run(document.text.size() + 1, 0);
  std::vector<std::size_t> run_at(damaged.text.size() + 1, 0);
  const bool wide =
      damaged.origin.size() > 3 && damaged.origin[2] == damaged.origin[3] && damaged.origin[2] != k_foreign;
  if (wide) {
    for (std::size_t i = document.text.size(); i-- > 0;) run[i] = run[i + 1] + 1;
  } else {
    for (std::size_t i = damaged.text.size(); i-- > 0;) {
      if (damaged.origin[i] == k_foreign) continue;
      const bool goes_on = i + 1 < damaged.text.size() && damaged.origin[i + 1] == damaged.origin[i] + 1;
      run_at[i] = goes_on ? run_at[i + 1] + 1 : 1;
      std::size_t& best = run[static_cast<std::size_t>(damaged.origin[i])];
      best = std::max(best, run_at[i]);
    }
  }
  Reading reading;
  Survivors survivors(document.text, run, reading);
  std::size_t at = survivors.blanks(0);
  while (at < document.text.size()) at = survivors.blanks(survivors.value(at, "", true));
  return reading;
}

Score score(const Leaves& truth, const Reading& surviving, const Reading& result) {
  Score score;
  if (result.count > 0) {
    score.precision = static_cast<double>(common(result.leaves, truth)) / static_cast<double>(result.count);
  }
  if (surviving.count > 0) {
    score.recall =
        static_cast<double>(common(surviving.leaves, result.leaves)) / static_cast<double>(surviving.count);
  }
  return score;
}

bool loads(const Document& document, std::string_view result) {
  const session::Layout* layout = session::find_layout(document.layout);
  if (layout == nullptr || layout->format != session::Format::json) return true;
  const Json json = Json::parse(result, nullptr, false);
  if (json.is_discarded()) return false;
  return std::all_of(layout->fields.begin(), layout->fields.end(),
                     [&](const session::FieldRule& rule) { return obeys(json, rule.path, rule); });
}

}  // namespace quality
