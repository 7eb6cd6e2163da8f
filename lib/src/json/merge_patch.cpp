#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "session/members.h"
#include "session/patch.h"

namespace session {
namespace {

/// Part of a text that is to be exchanged.
struct Edit {
  const char* at = nullptr;
  std::size_t length = 0;
  std::string insert = {};
};

const char* end_of(ByteView view) { return view.data() + view.size(); }
ByteView between(const char* from, const char* until) {
  return {from, static_cast<std::size_t>(until - from)};
}

Bytes apply(ByteView text, std::vector<Edit> edits) {
  std::ranges::stable_sort(edits, {}, &Edit::at);
  Bytes result;
  const char* from = text.data();
  for (const Edit& edit : edits) {
    result.append(from, edit.at);
    result += edit.insert;
    from = edit.at + edit.length;
  }
  result.append(from, end_of(text));
  return result;
}

/// How the members of an object are spaced, by the example of one of them.
struct Spacing {
  std::string before_key;
  std::string before_value = ":";
};

Spacing spacing_of(const Member& member) {
  const char* begin = member.key_text.data();
  while (begin[-1] == ' ' || begin[-1] == '\t' || begin[-1] == '\r' || begin[-1] == '\n') --begin;
  return {std::string(between(begin, member.key_text.data())),
          std::string(between(end_of(member.key_text), member.value.data()))};
}

/// The members that an object gets, as text: with the commas between them.
std::string join(const std::vector<std::string>& added, const Spacing& spacing) {
  std::string text;
  for (const std::string& member : added) {
    if (!text.empty()) text += "," + spacing.before_key;
    text += member;
  }
  return text;
}

/// Empties `object`, or exchanges all of its members for `added`.
void exchange_all(const Outline& object, const std::vector<std::string>& added, const Spacing& spacing,
                  std::vector<Edit>& edits) {
  const char* const inside = object.value.data() + 1;
  const char* const close = end_of(object.value) - 1;
  if (added.empty()) {
    if (!object.members.empty()) edits.push_back({inside, between(inside, close).size()});
    return;
  }
  const char* const from = object.members.empty() ? inside : object.members.front().key_text.data();
  const char* const until = object.members.empty() ? close : end_of(object.members.back().value);
  edits.push_back({from, between(from, until).size(), join(added, spacing)});
}

/// Takes members out of `object` and puts `added` behind those that stay.
void change_members(const Outline& object, const std::vector<bool>& removed,
                    const std::vector<std::string>& added, const Spacing& spacing, std::vector<Edit>& edits) {
  const std::vector<Member>& members = object.members;
  const auto kept = std::ranges::find(removed, false);
  if (kept == removed.end()) return exchange_all(object, added, spacing, edits);
  const auto first_kept = static_cast<std::size_t>(kept - removed.begin());
  if (first_kept > 0) {
    const char* const from = members.front().key_text.data();
    edits.push_back({from, between(from, members[first_kept].key_text.data()).size()});
  }
  if (!added.empty()) {
    const auto last_kept =
        static_cast<std::size_t>(std::ranges::find(removed.rbegin(), removed.rend(), false).base() -
                                 removed.begin()) -
        1;
    edits.push_back({end_of(members[last_kept].value), 0, "," + spacing.before_key + join(added, spacing)});
  }
  for (std::size_t i = first_kept; i < members.size(); ++i) {
    if (!removed[i]) continue;
    const char* const from = end_of(members[i - 1].value);
    edits.push_back({from, between(from, end_of(members[i].value)).size()});
  }
}

Unexpected<Error> too_deep() {
  return fail(Errc::bad_argument, Op::validate, "patch",
              "it nests deeper than " + std::to_string(k_max_patch_depth) + " levels");
}

/// Removes the members that are null, also in the objects within: what a patch makes of nothing.
Result<void> drop_nulls(const Outline& object, unsigned depth, std::vector<Edit>& edits) {
  if (depth > k_max_patch_depth) return too_deep();
  std::vector<bool> removed;
  for (const Member& member : object.members) {
    removed.push_back(member.type == ValueType::null);
    if (member.type != ValueType::object) continue;
    const Result<Outline> inner = outline_of(member.value);
    if (!inner) return Unexpected{inner.error()};
    if (Result<void> dropped = drop_nulls(*inner, depth + 1, edits); !dropped) return dropped;
  }
  change_members(object, removed, {}, {}, edits);
  return {};
}

/// The value that stands where the patch puts `value` and no object was before.
Result<std::string> fresh_value(ByteView value, ValueType type, unsigned depth) {
  if (type != ValueType::object) return std::string(value);
  const Result<Outline> outline = outline_of(value);
  if (!outline) return Unexpected{outline.error()};
  std::vector<Edit> edits;
  if (Result<void> dropped = drop_nulls(*outline, depth, edits); !dropped) return Unexpected{dropped.error()};
  return apply(outline->value, std::move(edits));
}

/// Patches one object; its edits are for the text the object is part of.
class ObjectPatch {
 public:
  ObjectPatch(const Outline& target, unsigned depth, std::vector<Edit>& edits)
      : target_(target), depth_(depth), edits_(edits) {
    if (!target.members.empty()) spacing_ = spacing_of(target.members.back());
    for (const Member& member : target.members) counts_[member.key] = &member;
  }

  Result<void> apply_all(const Outline& patch) {
    if (depth_ > k_max_patch_depth) return too_deep();
    std::unordered_map<std::string_view, const Member*> counts;
    for (const Member& member : patch.members) counts[member.key] = &member;
    for (const Member& member : patch.members) {
      if (counts[member.key] != &member) continue;
      if (Result<void> applied = apply_one(member); !applied) return applied;
    }
    std::vector<bool> removed;
    for (const Member& member : target_.members) removed.push_back(removed_keys_.contains(member.key));
    change_members(target_, removed, added_, spacing_, edits_);
    return {};
  }

 private:
  Result<void> apply_one(const Member& change) {
    if (change.type == ValueType::null) {
      removed_keys_.insert(change.key);
      return {};
    }
    const auto found = counts_.find(change.key);
    if (found != counts_.end()) return replace(*found->second, change);
    Result<std::string> value = fresh_value(change.value, change.type, depth_ + 1);
    if (!value) return Unexpected{std::move(value).error()};
    added_.push_back(std::string(change.key_text) + spacing_.before_value + *value);
    return {};
  }

  Result<void> replace(const Member& old, const Member& change) {
    if (old.type == ValueType::object && change.type == ValueType::object) {
      const Result<Outline> target = outline_of(old.value);
      if (!target) return Unexpected{target.error()};
      const Result<Outline> patch = outline_of(change.value);
      if (!patch) return Unexpected{patch.error()};
      return ObjectPatch(*target, depth_ + 1, edits_).apply_all(*patch);
    }
    Result<std::string> value = fresh_value(change.value, change.type, depth_ + 1);
    if (!value) return Unexpected{std::move(value).error()};
    edits_.push_back({old.value.data(), old.value.size(), std::move(*value)});
    return {};
  }

  const Outline& target_;
  unsigned depth_;
  std::vector<Edit>& edits_;
  Spacing spacing_;
  std::unordered_map<std::string_view, const Member*> counts_;  ///< of duplicate keys the last counts
  std::unordered_set<std::string_view> removed_keys_;
  std::vector<std::string> added_;
};

Unexpected<Error> about(Error error, const char* subject) {
  error.subject = subject;
  return Unexpected{std::move(error)};
}

}  // namespace

Result<Bytes> merge_patch(ByteView target, ByteView patch) {
  // A mark that a session begins with is a flaw of it, and none of its value; it stays.
  if (target.starts_with(k_byte_order_mark)) {
    Result<Bytes> patched = merge_patch(target.substr(k_byte_order_mark.size()), patch);
    if (patched) patched->insert(0, k_byte_order_mark);
    return patched;
  }
  const Result<Outline> changes = outline_of(patch);
  if (!changes) return about(changes.error(), "patch");
  const Result<Outline> document = outline_of(target);
  if (!document) return about(document.error(), "session");
  std::vector<Edit> edits;
  if (changes->type == ValueType::object && document->type == ValueType::object) {
    if (Result<void> patched = ObjectPatch(*document, 1, edits).apply_all(*changes); !patched) {
      return Unexpected{patched.error()};
    }
  } else {
    Result<std::string> value = fresh_value(changes->value, changes->type, 1);
    if (!value) return Unexpected{std::move(value).error()};
    edits.push_back({document->value.data(), document->value.size(), std::move(*value)});
  }
  return apply(target, std::move(edits));
}

}  // namespace session
