#include "repair/links.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "repair/conversation.h"

namespace session::repair {
namespace {

class LinkFixer {
 public:
  LinkFixer(ByteView text, Format format, const Layout& layout)
      : text_(text), conversation_(read_conversation(text, format, layout)), format_(format) {}

  LinkFix fix();

 private:
  using Messages = std::vector<Message>;
  struct Parent {
    ByteView text;
    const std::string* id = nullptr;  ///< null: it is a root
  };
  // Of records that went, one after the other; and of all looks for circles together.
  static constexpr std::size_t k_longest_line = 1'024;
  static constexpr std::uint64_t k_longest_walk = 1U << 26;

  void drop_duplicates();
  [[nodiscard]] std::vector<std::size_t> count_turns() const;
  [[nodiscard]] bool is_gone(const Message& message, const CallLink& link) const;
  bool pair_calls(const std::vector<std::size_t>& turns);
  bool drop(Message& message, const CallLink& link);
  bool drop_emptied();
  [[nodiscard]] std::optional<Parent> parent_beyond(const Message& gone) const;
  const Message* nearest_before(const Message& message, const std::vector<const Message*>& before);
  bool descends_from(const Message& message, const std::string& id);
  void link(const Message& message, const Parent& parent, bool lost);
  void relink_children();
  void relink_dangling();
  void take_out();

  ByteView text_;
  Conversation conversation_;
  Format format_;
  std::unordered_map<std::string, std::size_t> by_id_;    ///< the first record of each id that stays
  std::unordered_map<std::string, std::string> parents_;  ///< as they will be
  bool has_forward_links_ = false;
  std::uint64_t walked_ = 0;
  LinkFix fix_;
};

void LinkFixer::drop_duplicates() {
  Messages& messages = conversation_.messages;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!messages[i].id) continue;
    const auto [first, is_new] = by_id_.try_emplace(*messages[i].id, i);
    if (is_new || messages[i].counted || messages[first->second].value != messages[i].value) continue;
    messages[i].gone = Kind::duplicate_id;
    ++fix_.counts.duplicates;
  }
}

/// The turn of each message: it passes on when somebody speaks without calling or answering, and when a call
/// follows a result. What is of the last turn may still be under way.
std::vector<std::size_t> LinkFixer::count_turns() const {
  std::vector<std::size_t> turns;
  std::size_t turn = 0;
  bool answered = false;
  for (const Message& message : conversation_.messages) {
    const bool calls = std::any_of(message.links.begin(), message.links.end(),
                                   [](const CallLink& link) { return link.is_call; });
    const bool speaks = message.talks && message.links.empty();
    if (!message.gone && (speaks || (calls && answered))) ++turn;
    if (calls || speaks) answered = false;
    if (!calls && !message.links.empty()) answered = true;
    turns.push_back(turn);
  }
  return turns;
}

bool LinkFixer::is_gone(const Message& message, const CallLink& link) const {
  if (message.gone) return true;
  return link.list != CallLink::k_whole && message.lists[link.list].gone[link.element].has_value();
}

bool LinkFixer::drop(Message& message, const CallLink& link) {
  if (message.counted) return false;
  const Kind why = link.is_call ? Kind::unpaired_call : Kind::unpaired_result;
  ++(link.is_call ? fix_.counts.calls : fix_.counts.results);
  if (link.list == CallLink::k_whole) {
    message.gone = why;
  } else {
    message.lists[link.list].gone[link.element] = why;
  }
  return true;
}

/// One round of pairing; whether anything went.
bool LinkFixer::pair_calls(const std::vector<std::size_t>& turns) {
  struct Open {
    std::size_t message;
    const CallLink* link;
  };
  std::unordered_map<std::string, Open> open;
  std::unordered_set<std::string> answered;
  bool changed = false;
  Messages& messages = conversation_.messages;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    for (const CallLink& link : messages[i].links) {
      if (is_gone(messages[i], link)) continue;
      if (link.is_call) {
        open.try_emplace(link.id, Open{i, &link});
      } else if (open.erase(link.id) > 0) {
        answered.insert(link.id);
      } else if (answered.count(link.id) == 0) {
        changed = drop(messages[i], link) || changed;
      }
    }
  }
  for (const auto& [id, call] : open) {
    if (turns[call.message] != turns.back()) changed = drop(messages[call.message], *call.link) || changed;
  }
  return changed;
}

/// A message without which its list would be empty goes whole.
bool LinkFixer::drop_emptied() {
  bool changed = false;
  for (Message& message : conversation_.messages) {
    if (message.gone) continue;
    for (const ElementList& list : message.lists) {
      if (!list.is_emptied() || list.is_optional) continue;
      message.gone = *list.gone.front();
      changed = true;
    }
  }
  return changed;
}

/// The parent that the children of a record that went get: the first in its line that stays. Nothing where
/// the line leads nowhere.
std::optional<LinkFixer::Parent> LinkFixer::parent_beyond(const Message& gone) const {
  const Message* at = &gone;
  for (std::size_t steps = 0; steps <= k_longest_line; ++steps) {
    if (!at->parent) {
      if (at->parent_text.empty()) return std::nullopt;
      return Parent{at->parent_text, nullptr};
    }
    const auto found = by_id_.find(*at->parent);
    if (found == by_id_.end()) return std::nullopt;
    at = &conversation_.messages[found->second];
    if (!at->gone) return Parent{at->id_text, &*at->id};
  }
  return std::nullopt;
}

/// Whether `message` stands below the record `id`; also where that would take too long to tell.
bool LinkFixer::descends_from(const Message& message, const std::string& id) {
  const std::string* at = &*message.id;
  for (std::size_t steps = 0; *at != id; ++steps) {
    const auto parent = parents_.find(*at);
    if (parent == parents_.end()) return false;
    // A circle of others ends nowhere.
    if (steps > parents_.size() || ++walked_ > k_longest_walk) return true;
    at = &parent->second;
  }
  return true;
}

/// The nearest record of its chain before `message` that does not stand below it.
const Message* LinkFixer::nearest_before(const Message& message, const std::vector<const Message*>& before) {
  for (std::size_t i = before.size(); i-- > 0;) {
    const bool below = message.id && has_forward_links_ && descends_from(*before[i], *message.id);
    if (!below) return before[i];
    if (walked_ > k_longest_walk) return nullptr;
  }
  return nullptr;
}

void LinkFixer::link(const Message& message, const Parent& parent, bool lost) {
  fix_.edits.push_back({offset_in(text_, message.parent_text), message.parent_text.size(),
                        std::string(parent.text), Kind::dangling_parent, lost});
  if (!message.id) return;
  if (parent.id != nullptr) {
    parents_[*message.id] = *parent.id;
  } else {
    parents_.erase(*message.id);
  }
}

/// Notes what stays under each id, and who its parent is; leads the children of what went on to who stays.
void LinkFixer::relink_children() {
  const Messages& messages = conversation_.messages;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].gone || !messages[i].id) continue;
    std::size_t& first = by_id_[*messages[i].id];
    if (messages[first].gone) first = i;
    if (messages[i].parent) parents_.try_emplace(*messages[i].id, *messages[i].parent);
  }
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].gone || !messages[i].parent) continue;
    const auto found = by_id_.find(*messages[i].parent);
    if (found == by_id_.end()) continue;
    if (found->second > i) has_forward_links_ = true;
    if (!messages[found->second].gone) continue;
    if (const auto parent = parent_beyond(messages[found->second])) link(messages[i], *parent, false);
  }
}

void LinkFixer::relink_dangling() {
  std::unordered_map<std::string, std::vector<const Message*>> before;  // by chain
  for (const Message& message : conversation_.messages) {
    if (message.gone) continue;
    std::vector<const Message*>& chain = before[message.chain];
    const auto found = message.parent ? by_id_.find(*message.parent) : by_id_.end();
    const bool leads_nowhere =
        message.parent && (found == by_id_.end() || (conversation_.messages[found->second].gone &&
                                                     !parent_beyond(conversation_.messages[found->second])));
    const Message* const parent = leads_nowhere ? nearest_before(message, chain) : nullptr;
    if (parent != nullptr) {
      link(message, {parent->id_text, &*parent->id}, true);
      ++fix_.counts.parents;
      ++fix_.values_dropped;
    }
    if (message.id) chain.push_back(&message);
  }
}

void LinkFixer::take_out() {
  Messages& messages = conversation_.messages;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    if (message.gone) {
      const bool lost = *message.gone != Kind::duplicate_id;
      fix_.records_dropped += lost ? 1 : 0;
      if (format_ == Format::json) {
        conversation_.list.gone[i] = message.gone;
      } else {
        fix_.edits.push_back({message.begin, message.end - message.begin, "", *message.gone, lost});
      }
      continue;
    }
    for (const ElementList& list : message.lists) {
      fix_.values_dropped += static_cast<std::uint64_t>(
          std::count_if(list.gone.begin(), list.gone.end(), [](const auto& why) { return why.has_value(); }));
      if (list.is_emptied()) {
        take_member(text_, list, *list.gone.front(), fix_.edits);
      } else {
        take_elements(text_, list, fix_.edits);
      }
    }
  }
  if (format_ == Format::json) take_elements(text_, conversation_.list, fix_.edits);
}

LinkFix LinkFixer::fix() {
  if (conversation_.messages.empty()) return {};
  drop_duplicates();
  const std::vector<std::size_t> turns = count_turns();
  // What goes may take the other end of a pair along: until nothing more does.
  for (bool changed = true; changed;) {
    changed = pair_calls(turns);
    changed = drop_emptied() || changed;
  }
  relink_children();
  relink_dangling();
  take_out();
  return std::move(fix_);
}

}  // namespace

LinkFix fix_links(ByteView text, Format format, const Layout& layout) {
  if (layout.links.empty()) return {};
  return LinkFixer(text, format, layout).fix();
}

}  // namespace session::repair
