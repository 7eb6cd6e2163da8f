#include "session/members.h"

#include <algorithm>

#include "json/pointer.h"
#include "json/scanner.h"
#include "json/text.h"

namespace session {
namespace {

using json::Container;
using json::Offset;
using json::Scalar;
using json::Token;

ValueType type_of(Scalar scalar) {
  switch (scalar) {
    case Scalar::string: return ValueType::string;
    case Scalar::integer:
    case Scalar::real: return ValueType::number;
    case Scalar::boolean: return ValueType::boolean;
    case Scalar::null: break;
  }
  return ValueType::null;
}

ValueType type_of(Container container) {
  return container == Container::object ? ValueType::object : ValueType::array;
}

/// The text between the quotes of a string.
Token unquoted(ByteView string) {
  const ByteView inside = string.substr(1, string.size() - 2);
  return {inside, 0, string.size(), inside.find('\\') != ByteView::npos};
}

/// Collects what stands at the outermost level of one value.
class OutlineSink : public json::SilentSink {
 public:
  OutlineSink(ByteView text, Outline& outline) : text_(text), outline_(outline) {}

  void on_open(Container container, Offset offset) {
    if (depth_ == 0) outline_.type = type_of(container);
    if (depth_ == 1) begin_value(type_of(container), offset);
    ++depth_;
  }
  void on_close(Container, Offset offset) {
    --depth_;
    if (depth_ == 1) outline_.members.back().value = range(value_at_, offset + 1);
  }
  void on_key(const Token& key) {
    if (depth_ == 1) {
      const ByteView text = range(key.offset, key.offset + key.length);
      // Two different lone surrogates must not become the same key.
      std::string content = lone_surrogate_ ? std::string(text) : json::text_of(unquoted(text));
      outline_.members.push_back({std::move(content), text, {}, ValueType::null});
      has_key_ = true;
    }
    lone_surrogate_ = false;
  }
  void on_scalar(Scalar scalar, const Token& token) {
    lone_surrogate_ = false;
    if (depth_ == 0) outline_.type = type_of(scalar);
    if (depth_ != 1) return;
    begin_value(type_of(scalar), token.offset);
    outline_.members.back().value = range(token.offset, token.offset + token.length);
  }
  void on_lone_surrogate(Offset) { lone_surrogate_ = true; }

 private:
  [[nodiscard]] ByteView range(Offset from, Offset until) const { return text_.substr(from, until - from); }

  void begin_value(ValueType type, Offset offset) {
    if (!has_key_) outline_.members.emplace_back();
    has_key_ = false;
    outline_.members.back().type = type;
    value_at_ = offset;
  }

  ByteView text_;
  Outline& outline_;
  std::uint64_t depth_ = 0;
  Offset value_at_ = 0;  ///< of the last value at depth 1
  bool has_key_ = false;
  bool lone_surrogate_ = false;
};

Unexpected<Error> not_one_value() {
  return fail(Errc::invalid_content, Op::validate, "", "not one valid JSON value");
}

}  // namespace

Result<Outline> outline_of(ByteView text) {
  constexpr ByteView k_blanks = " \t\r\n";
  Outline outline;
  const std::size_t first = text.find_first_not_of(k_blanks);
  if (first == ByteView::npos) return not_one_value();
  const std::size_t last = text.find_last_not_of(k_blanks);
  outline.value = text.substr(first, last - first + 1);
  OutlineSink sink(outline.value, outline);
  json::Scanner<OutlineSink> scanner(sink);
  const char* const end = outline.value.data() + outline.value.size();
  const char* const stopped = scanner.feed(outline.value.data(), end, 0);
  if (stopped == end) scanner.finish(outline.value.size());
  if (scanner.progress() != json::Progress::complete || stopped != end) return not_one_value();
  return outline;
}

const Member* find_member(const Outline& object, std::string_view key) {
  const auto found = std::find_if(object.members.rbegin(), object.members.rend(),
                                  [&](const Member& member) { return member.key == key; });
  return found == object.members.rend() ? nullptr : &*found;
}

std::optional<Outline> outline_at(ByteView text, std::string_view pointer) {
  Result<Outline> outline = outline_of(text);
  while (outline && !pointer.empty()) {
    const std::string key = json::key_of(json::take_component(pointer));
    const bool is_object = outline->type == ValueType::object;
    const Member* const member = is_object ? find_member(*outline, key) : nullptr;
    if (member == nullptr) return std::nullopt;
    outline = outline_of(member->value);
  }
  if (!outline) return std::nullopt;
  return std::move(*outline);
}

std::string string_content(ByteView text) { return json::text_of(unquoted(text)); }

}  // namespace session
