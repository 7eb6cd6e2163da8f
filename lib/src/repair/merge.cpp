#include "repair/merge.h"

#include <algorithm>
#include <unordered_map>

#include "repair/salvage/lines.h"
#include "session/facts.h"
#include "session/members.h"

namespace session::repair {
namespace {

/// `json` without the blanks between its tokens.
std::string compacted(ByteView json) {
  std::string text;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!in_string && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) continue;
    text += c;
    if (in_string && c == '\\' && i + 1 < json.size()) text += json[++i];
    if (c == '"') in_string = !in_string;
  }
  return text;
}

/// What tells records apart: their id, else all of them; the same for the second time is another.
class Keys {
 public:
  explicit Keys(std::string id_key) : id_key_(std::move(id_key)) {}

  std::string of(ByteView record) {
    std::string key = own_key(record);
    const std::size_t times = seen_[key]++;
    return times == 0 ? key : key + '\n' + std::to_string(times);
  }

 private:
  [[nodiscard]] std::string own_key(ByteView record) const {
    if (!id_key_.empty()) {
      const Result<Outline> outline = outline_of(record);
      const Member* const id =
          outline && outline->type == ValueType::object ? find_member(*outline, id_key_) : nullptr;
      if (id != nullptr && id->type == ValueType::string) return "id " + string_content(id->value);
    }
    return compacted(record);
  }

  std::string id_key_;
  std::unordered_map<std::string, std::size_t> seen_;
};

struct Alignment {
  /// Those of theirs that come before the i-th of ours; the last: behind all.
  std::vector<std::vector<ByteView>> before;
  std::uint64_t taken = 0;
  bool have_one_in_common = false;
};

Alignment align(const std::vector<ByteView>& ours, const std::vector<ByteView>& theirs,
                const std::string& id_key) {
  Alignment alignment;
  alignment.before.resize(ours.size() + 1);
  std::unordered_map<std::string, std::size_t> places;
  Keys our_keys(id_key);
  for (std::size_t i = 0; i < ours.size(); ++i) places.emplace(our_keys.of(ours[i]), i);
  Keys their_keys(id_key);
  std::size_t place = 0;
  for (const ByteView record : theirs) {
    const auto known = places.find(their_keys.of(record));
    if (known == places.end()) {
      alignment.before[place].push_back(record);
      ++alignment.taken;
    } else {
      place = known->second + 1;
      alignment.have_one_in_common = true;
    }
  }
  return alignment;
}

std::vector<ByteView> values_of(const std::vector<RecordText>& records) {
  std::vector<ByteView> values;
  values.reserve(records.size());
  for (const RecordText& record : records) values.push_back(record.value);
  return values;
}

std::vector<ByteView> elements_of(const Outline& list) {
  std::vector<ByteView> elements;
  for (const Member& member : list.members) elements.push_back(member.value);
  return elements;
}

Merged merge_records(ByteView ours, ByteView theirs, const Layout* layout) {
  Merged merged;
  const std::vector<RecordText> own = records_of(ours, Format::json_lines);
  const std::vector<RecordText> other = records_of(theirs, Format::json_lines);
  const Alignment alignment =
      align(values_of(own), values_of(other), layout != nullptr ? layout->links.id_key : std::string());
  if (!alignment.have_one_in_common) merged.refused = "it has no record in common with this one";
  if (alignment.taken == 0 || !merged.refused.empty()) return merged;
  merged.records_taken = alignment.taken;
  const auto end_line = [&] {
    if (!merged.content.empty() && merged.content.back() != '\n') merged.content += '\n';
  };
  std::size_t done = 0;
  for (std::size_t i = 0; i <= own.size(); ++i) {
    for (const ByteView record : alignment.before[i]) {
      end_line();
      merged.content.append(record).push_back('\n');
    }
    const std::size_t end = i < own.size() ? own[i].end : ours.size();
    if (end > done) end_line();
    merged.content.append(ours.substr(done, end - done));
    done = end;
  }
  return merged;
}

/// The member that holds the messages.
std::string list_key(const Layout* layout) {
  for (const FieldRule& rule : layout != nullptr ? layout->fields : std::vector<FieldRule>()) {
    const bool has_elements =
        std::any_of(layout->fields.begin(), layout->fields.end(),
                    [&](const FieldRule& other) { return other.path == rule.path + "/*"; });
    const bool at_top = rule.path.find('/', 1) == std::string::npos;
    if (at_top && (rule.types & k_array) != 0 && has_elements) return rule.path.substr(1);
  }
  return "messages";
}

/// What stands between two elements: a comma and how the writer goes on.
std::string gap_of(ByteView text, const std::vector<ByteView>& elements) {
  if (elements.size() < 2) return ",";
  const std::size_t from = offset_in(text, elements[0]) + elements[0].size();
  return std::string(text.substr(from, offset_in(text, elements[1]) - from));
}

class DocumentMerge {
 public:
  DocumentMerge(ByteView ours, ByteView theirs, const Outline& own, const Outline& other)
      : ours_(ours), theirs_(theirs), own_(own), other_(other) {}

  Merged merge(const Layout* layout);

 private:
  bool merge_lists(const std::string& key);
  void add_members();
  void insert(std::size_t at, std::string text) { edits_.push_back({at, 0, std::move(text)}); }

  ByteView ours_, theirs_;
  const Outline& own_;
  const Outline& other_;
  std::vector<TextEdit> edits_;
  Merged merged_;
};

/// Whether the lists have a message in common.
bool DocumentMerge::merge_lists(const std::string& key) {
  const Member* const own = find_member(own_, key);
  const Member* const other = find_member(other_, key);
  if (own == nullptr || other == nullptr || own->type != ValueType::array ||
      other->type != ValueType::array) {
    return false;
  }
  const Result<Outline> own_list = outline_of(own->value);
  const Result<Outline> other_list = outline_of(other->value);
  if (!own_list || !other_list) return false;
  const std::vector<ByteView> mine = elements_of(*own_list);
  const std::vector<ByteView> others = elements_of(*other_list);
  const Alignment alignment = align(mine, others, "id");
  const std::string gap = mine.size() > 1 ? gap_of(ours_, mine) : gap_of(theirs_, others);
  for (std::size_t i = 0; i < alignment.before.size(); ++i) {
    std::string text;
    for (const ByteView element : alignment.before[i]) {
      const bool behind = i == mine.size() && (!mine.empty() || !text.empty());
      text.append(behind ? gap : "").append(element).append(i < mine.size() ? gap : "");
    }
    if (text.empty()) continue;
    const std::size_t at = i < mine.size() ? offset_in(ours_, mine[i])
                           : mine.empty()  ? offset_in(ours_, own->value) + 1
                                           : offset_in(ours_, mine.back()) + mine.back().size();
    insert(at, std::move(text));
  }
  merged_.records_taken += alignment.taken;
  return alignment.have_one_in_common;
}

void DocumentMerge::add_members() {
  const std::size_t end =
      own_.members.empty() ? offset_in(ours_, own_.value) + 1
                           : offset_in(ours_, own_.members.back().value) + own_.members.back().value.size();
  bool first = own_.members.empty();
  for (const Member& member : other_.members) {
    if (find_member(own_, member.key) != nullptr) continue;
    insert(end, (first ? "" : ",") + std::string(member.key_text) + ":" + std::string(member.value));
    first = false;
    ++merged_.records_taken;
  }
}

Merged DocumentMerge::merge(const Layout* layout) {
  const bool has_common_message = merge_lists(list_key(layout));
  const std::string own_id = layout != nullptr ? read_facts(ours_, *layout).id : std::string();
  const std::string other_id = layout != nullptr ? read_facts(theirs_, *layout).id : std::string();
  if (!own_id.empty() && !other_id.empty() && own_id != other_id) {
    merged_.refused = "its id is another";
  } else if (!has_common_message && (own_id.empty() || other_id.empty())) {
    merged_.refused = "neither an id nor a message tells that it is the same session";
  }
  if (!merged_.refused.empty()) return {std::move(merged_.refused), {}, 0};
  add_members();
  if (merged_.records_taken > 0) merged_.content = apply_edits(ours_, std::move(edits_)).content;
  return std::move(merged_);
}

}  // namespace

Merged merge_version(ByteView ours, ByteView theirs, Format format, const Layout* layout) {
  if (format == Format::json_lines) return merge_records(ours, theirs, layout);
  const Result<Outline> own = outline_of(ours);
  const Result<Outline> other = outline_of(theirs);
  if (!own || !other || own->type != ValueType::object || other->type != ValueType::object) {
    return {"only objects can be merged", {}, 0};
  }
  return DocumentMerge(ours, theirs, *own, *other).merge(layout);
}

}  // namespace session::repair
