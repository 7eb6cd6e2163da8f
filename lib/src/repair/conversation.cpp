#include "repair/conversation.h"

#include <algorithm>

#include "json/pointer.h"
#include "session/members.h"

namespace session::repair {
namespace {

/// "/a/b/*" of a message: the way to the object or, with `listed`, to the array of such objects.
struct Way {
  std::vector<std::string> keys;
  bool listed = false;
};

Way way_of(std::string_view path) {
  Way way;
  while (!path.empty()) {
    const std::string_view key = json::take_component(path);
    if (key == "*") {
      way.listed = true;
      break;
    }
    way.keys.push_back(json::key_of(key));
  }
  return way;
}

ByteView with_key(const Member& member) {
  return {member.key_text.data(),
          static_cast<std::size_t>(member.value.data() + member.value.size() - member.key_text.data())};
}

std::optional<std::string> string_member(const Outline& object, const std::string& key) {
  if (key.empty()) return std::nullopt;
  const Member* const member = find_member(object, key);
  if (member == nullptr || member->type != ValueType::string) return std::nullopt;
  return string_content(member->value);
}

class Reader {
 public:
  Reader(ByteView text, Format format, const Layout& layout)
      : text_(text), format_(format), layout_(layout), rules_(layout.links) {}

  Conversation read();

 private:
  void read_document();
  void read_message(Message message);
  void read_end(Message& message, const Outline& top, const CallEnd& end, bool is_call);
  void read_links(Message& message, const Outline& top);
  [[nodiscard]] Way way_to(const CallEnd& end) const;
  [[nodiscard]] std::optional<CallLink> link_in(ByteView object, const CallEnd& end, bool is_call) const;
  void judge_talk();

  ByteView text_;
  Format format_;
  const Layout& layout_;
  const LinkRules& rules_;
  std::string prefix_;  ///< of the paths of a document: up to the list of messages, '*' included
  Conversation conversation_;
  std::vector<std::string> types_;  ///< of each message, its member "type"
};

Way Reader::way_to(const CallEnd& end) const {
  return way_of(std::string_view(end.where).substr(prefix_.size()));
}

std::optional<CallLink> Reader::link_in(ByteView object, const CallEnd& end, bool is_call) const {
  const Result<Outline> outline = outline_of(object);
  if (!outline || outline->type != ValueType::object) return std::nullopt;
  if (!end.marker_key.empty() && string_member(*outline, end.marker_key) != end.marker) return std::nullopt;
  std::optional<std::string> id = string_member(*outline, end.id_key);
  if (!id) return std::nullopt;
  CallLink link;
  link.is_call = is_call;
  link.id = std::move(*id);
  return link;
}

void Reader::read_end(Message& message, const Outline& top, const CallEnd& end, bool is_call) {
  const Way way = way_to(end);
  Outline outline;
  const Outline* object = &top;
  ByteView value = message.value;
  ByteView member;
  std::vector<ByteView> siblings;
  for (const std::string& key : way.keys) {
    const Member* const found = find_member(*object, key);
    if (found == nullptr) return;
    if (!way.listed || &key == &way.keys.back()) message.talks = true;
    member = with_key(*found);
    siblings.clear();
    for (const Member& each : object->members) siblings.push_back(with_key(each));
    value = found->value;
    Result<Outline> next = outline_of(value);
    if (!next) return;
    outline = std::move(*next);
    object = &outline;
  }
  if (!way.listed) {
    if (auto link = link_in(value, end, is_call)) message.links.push_back(std::move(*link));
    return;
  }
  if (object->type != ValueType::array) return;
  auto list = std::find_if(message.lists.begin(), message.lists.end(),
                           [&](const ElementList& each) { return each.member.data() == member.data(); });
  if (list == message.lists.end()) {
    ElementList fresh;
    fresh.member = member;
    fresh.siblings = std::move(siblings);
    for (const Member& element : object->members) fresh.elements.push_back(element.value);
    fresh.gone.resize(fresh.elements.size());
    const std::string path = end.where.substr(0, end.where.size() - 2);
    fresh.is_optional = std::any_of(layout_.fields.begin(), layout_.fields.end(), [&](const FieldRule& rule) {
      return rule.path == path && rule.presence == Presence::optional;
    });
    list = message.lists.insert(message.lists.end(), std::move(fresh));
  }
  for (std::size_t i = 0; i < list->elements.size(); ++i) {
    if (auto link = link_in(list->elements[i], end, is_call)) {
      link->list = static_cast<std::size_t>(list - message.lists.begin());
      link->element = i;
      message.links.push_back(std::move(*link));
    }
  }
}

void Reader::read_links(Message& message, const Outline& top) {
  if (format_ == Format::json) return;
  message.id = string_member(top, rules_.id_key);
  message.parent = string_member(top, rules_.parent_key);
  if (message.id) message.id_text = find_member(top, rules_.id_key)->value;
  if (const Member* const parent = find_member(top, rules_.parent_key)) message.parent_text = parent->value;
  message.counted = !rules_.ordinal_key.empty() && find_member(top, rules_.ordinal_key) != nullptr;
  for (const std::string& key : rules_.chain_keys) {
    const Member* const member = find_member(top, key);
    message.chain.append(member != nullptr ? member->value : ByteView()).push_back('\n');
  }
}

void Reader::read_message(Message message) {
  types_.emplace_back();
  const Result<Outline> top = outline_of(message.value);
  if (top && top->type == ValueType::object) {
    read_links(message, *top);
    types_.back() = string_member(*top, "type").value_or("");
    for (const CallEnd& end : rules_.calls) read_end(message, *top, end, true);
    for (const CallEnd& end : rules_.results) read_end(message, *top, end, false);
    message.talks = message.talks || format_ == Format::json;
  }
  conversation_.messages.push_back(std::move(message));
}

/// Where a message is the link itself (a record around its payload), records of other kinds look like it:
/// only those of the kinds that have links are part of what is said.
void Reader::judge_talk() {
  const bool kinds_tell =
      format_ == Format::json_lines && std::all_of(rules_.calls.begin(), rules_.calls.end(),
                                                   [&](const CallEnd& end) { return !way_to(end).listed; });
  if (!kinds_tell) return;
  std::vector<std::string> kinds;
  for (std::size_t i = 0; i < types_.size(); ++i) {
    if (!conversation_.messages[i].links.empty()) kinds.push_back(types_[i]);
  }
  for (std::size_t i = 0; i < types_.size(); ++i) {
    Message& message = conversation_.messages[i];
    message.talks = message.talks && std::find(kinds.begin(), kinds.end(), types_[i]) != kinds.end();
  }
}

void Reader::read_document() {
  for (const auto* side : {&rules_.calls, &rules_.results}) {
    for (const CallEnd& end : *side) {
      if (prefix_.empty())
        prefix_ = end.where.substr(0, std::min(end.where.find('*'), end.where.size() - 1) + 1);
    }
  }
  if (prefix_.size() < 2) return;
  const std::optional<Outline> list =
      outline_at(text_, std::string_view(prefix_).substr(0, prefix_.find("/*")));
  if (!list || list->type != ValueType::array) return;
  for (const Member& element : list->members) {
    conversation_.list.elements.push_back(element.value);
    Message message;
    message.value = element.value;
    read_message(std::move(message));
  }
  conversation_.list.gone.resize(conversation_.list.elements.size());
}

Conversation Reader::read() {
  if (format_ == Format::json) {
    read_document();
  } else {
    for (const RecordText& record : records_of(text_, format_)) {
      Message message;
      message.value = record.value;
      message.begin = record.begin;
      message.end = record.end;
      read_message(std::move(message));
    }
  }
  judge_talk();
  return std::move(conversation_);
}

std::size_t end_in(ByteView text, ByteView part) { return offset_in(text, part) + part.size(); }

/// One run of parts goes: the parts with what stands between them, and the comma to what stays.
void take_run(ByteView text, const std::vector<ByteView>& parts, std::size_t first, std::size_t last,
              const std::vector<std::optional<Kind>>& why, bool lost, std::vector<TextEdit>& edits) {
  for (std::size_t i = first; i <= last; ++i) {
    if (i > 0 && (i > first || first > 0)) {
      const std::size_t from = end_in(text, parts[i - 1]);
      edits.push_back({from, offset_in(text, parts[i]) - from, "", *why[i], false});
    }
    edits.push_back({offset_in(text, parts[i]), parts[i].size(), "", *why[i], lost});
  }
  if (first == 0 && last + 1 < parts.size()) {
    const std::size_t from = end_in(text, parts[last]);
    edits.push_back({from, offset_in(text, parts[last + 1]) - from, "", *why[last], false});
  }
}

}  // namespace

bool ElementList::is_emptied() const {
  return !gone.empty() &&
         std::all_of(gone.begin(), gone.end(), [](const auto& why) { return why.has_value(); });
}

Conversation read_conversation(ByteView text, Format format, const Layout& layout) {
  return Reader(text, format, layout).read();
}

void take_elements(ByteView text, const ElementList& list, std::vector<TextEdit>& edits) {
  for (std::size_t i = 0; i < list.gone.size(); ++i) {
    if (!list.gone[i]) continue;
    const std::size_t first = i;
    while (i + 1 < list.gone.size() && list.gone[i + 1]) ++i;
    take_run(text, list.elements, first, i, list.gone, true, edits);
  }
}

void take_member(ByteView text, const ElementList& list, Kind because, std::vector<TextEdit>& edits) {
  const auto at = std::find_if(list.siblings.begin(), list.siblings.end(),
                               [&](ByteView each) { return each.data() == list.member.data(); });
  const auto index = static_cast<std::size_t>(at - list.siblings.begin());
  const std::vector<std::optional<Kind>> why(list.siblings.size(), because);
  take_run(text, list.siblings, index, index, why, true, edits);
}

}  // namespace session::repair
