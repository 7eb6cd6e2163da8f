#include "quality/survivors.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace quality {
namespace {

using Json = nlohmann::json;

/// How many bytes from each place of the document on follow each other in the damaged text as they did.
/// Bytes that were re-encoded hold as long as each still has its place.
std::vector<std::size_t> runs(const Document& document, const Damaged& damaged) {
  std::vector<std::size_t> run(document.text.size() + 1, 0);
  const bool wide =
      damaged.origin.size() > 3 && damaged.origin[2] == damaged.origin[3] && damaged.origin[2] != k_foreign;
  if (wide) {
    for (std::size_t i = document.text.size(); i-- > 0;) run[i] = run[i + 1] + 1;
    return run;
  }
  std::vector<std::size_t> run_at(damaged.text.size() + 1, 0);
  for (std::size_t i = damaged.text.size(); i-- > 0;) {
    if (damaged.origin[i] == k_foreign) continue;
    const bool goes_on = i + 1 < damaged.text.size() && damaged.origin[i + 1] == damaged.origin[i] + 1;
    run_at[i] = goes_on ? run_at[i + 1] + 1 : 1;
    std::size_t& best = run[static_cast<std::size_t>(damaged.origin[i])];
    best = std::max(best, run_at[i]);
  }
  return run;
}

/// Reads a valid text for the values that are left of it.
class Survivors {
 public:
  Survivors(const std::string& text, std::vector<std::size_t> run) : text_(text), run_(std::move(run)) {}

  /// The value at `at_`; nothing if it is lost.
  std::optional<Json> value(bool key_held) {
    skip_blanks();
    if (text_[at_] == '{' || text_[at_] == '[') return container(key_held);
    const std::size_t begin = at_;
    at_ = scalar_end(begin);
    if (!key_held || run_[begin] < at_ - begin) return std::nullopt;
    return Json::parse(text_.substr(begin, at_ - begin));
  }
  bool skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos)
      ++at_;
    return at_ < text_.size();
  }

 private:
  std::optional<Json> container(bool key_held) {
    const bool is_object = text_[at_] == '{';
    bool is_left = key_held && run_[at_] > 0;
    Json left = is_object ? Json::object() : Json::array();
    ++at_;
    for (skip_blanks(); text_[at_] != '}' && text_[at_] != ']'; skip_blanks()) {
      std::string key;
      bool held = true;
      if (is_object) {
        const std::size_t begin = at_;
        at_ = scalar_end(begin);
        key = Json::parse(text_.substr(begin, at_ - begin)).get<std::string>();
        held = run_[begin] >= at_ - begin;
        skip_blanks();
        ++at_;
      }
      if (std::optional<Json> item = value(held)) {
        is_left = true;
        if (is_object) left[key] = std::move(*item);
        if (!is_object) left.push_back(std::move(*item));
      }
      skip_blanks();
      if (text_[at_] == ',') ++at_;
    }
    ++at_;
    return is_left ? std::optional(std::move(left)) : std::nullopt;
  }
  [[nodiscard]] std::size_t scalar_end(std::size_t at) const {
    if (text_[at] == '"') {
      for (++at; text_[at] != '"'; ++at) at += text_[at] == '\\' ? 1U : 0U;
      return at + 1;
    }
    return std::min(text_.find_first_of(",}] \t\r\n", at), text_.size());
  }

  const std::string& text_;
  std::vector<std::size_t> run_;
  std::size_t at_ = 0;
};

std::vector<Json> read(const Document& document, std::vector<std::size_t> runs) {
  std::vector<Json> values;
  Survivors survivors(document.text, std::move(runs));
  while (survivors.skip_blanks())
    values.push_back(survivors.value(true).value_or(Json(Json::value_t::discarded)));
  return values;
}

}  // namespace

std::vector<Json> surviving_values(const Document& document, const Damaged& damaged) {
  return read(document, runs(document, damaged));
}

std::vector<Json> all_values(const Document& document) {
  return read(document, std::vector<std::size_t>(document.text.size() + 1, document.text.size()));
}

}  // namespace quality
