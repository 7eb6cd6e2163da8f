// Whether a text that begins as a document does lies within one whose beginning is lost: cut right before an
// inner object or array, or in a string at a bracket. What stands behind its first value tells: commas
// between the pieces and closers that nothing opened. Documents that were glued together have no comma
// between them, and what is left of an older version of a document has nothing but what the document has too.

#include <algorithm>

#include "repair/salvage/parser.h"
#include "repair/salvage/restart.h"
#include "session/members.h"

namespace session::repair {
namespace {

// A bracket in a text for people is not followed by much that JSON would have there too.
constexpr std::size_t k_few_bytes = 16;

/// What tells the kinds of values apart at their first byte; numbers and literals are one kind.
char kind_of(char c) { return c == '"' || c == '{' || c == '[' ? c : '0'; }

bool has(const std::vector<ByteView>& keys, ByteView key) {
  return std::ranges::find(keys, key) != keys.end();
}

/// Whether objects with these keys look like objects of one kind; keys of several may be there twice.
bool are_alike(const std::vector<ByteView>& one, std::vector<ByteView> others) {
  std::ranges::sort(others);
  others.erase(std::unique(others.begin(), others.end()), others.end());
  const auto common = std::ranges::count_if(one, [&](ByteView key) { return has(others, key); });
  return 2 * static_cast<std::size_t>(common) > std::max(one.size(), others.size());
}

/// The keys of the first object in an array that is a member of the object at `begin`.
std::vector<ByteView> keys_of_elements(ByteView bytes, std::size_t begin, std::size_t end) {
  std::string open;
  for (std::size_t at = begin; at < end; ++at) {
    const char c = bytes[at];
    if (c == '"') at = read_string(bytes, at, end).end - 1;
    if (c == '{' || c == '[') open += c;
    if (open == "{[{") return keys_of(bytes, at, end);
    if (c == '}' || c == ']') open.pop_back();
  }
  return {};
}

}  // namespace

/// Whether the text at `at`, an opener, is the rest of a document whose beginning is lost.
bool SalvageParser::begins_within(std::size_t at) {
  std::size_t last = back_over_blanks(bytes_, at, end_);
  if (bytes_[last - 1] != '}' && bytes_[last - 1] != ']') return false;
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  const char* const stopped = scanner.feed(bytes_.data() + at, bytes_.data() + end_, 0);
  const auto stop = static_cast<std::size_t>(stopped - bytes_.data());
  const std::size_t next = skip_blanks(bytes_, stop, end_);
  if (scanner.progress() == json::Progress::more || next >= end_) return false;
  const char c = bytes_[next];
  if (scanner.progress() == json::Progress::complete && (c == ',' || c == '}' || c == ']')) {
    return is_whole_rest(next, RestBegins::behind_item) && lies_in_lost(at, next);
  }
  const ByteView read = bytes_.substr(at, stop - at);
  const bool is_text = read.size() <= k_few_bytes && read.find('"') == ByteView::npos && c != '\0';
  if (!is_text) return false;
  found_rest_ = find_whole_rest(at);
  if (!found_rest_) return false;
  // One byte that went bad costs one bracket, and makes none of another kind of the last one.
  const bool ends_otherwise = closers_.back() != closer_of(bytes_[at]);
  return closers_.size() >= scanner.depth() + (ends_otherwise ? 1U : 2U);
}

/// Whether the value at `item`, behind which closers_ and the rest at `next` come, is no document.
bool SalvageParser::lies_in_lost(std::size_t item, std::size_t next) const {
  const char open = bytes_[item];
  if ((shapes_.types(k_root_shape) & (open == '{' ? k_object : k_array)) == 0) return true;
  const std::vector<ByteView> own = open == '{' ? keys_of(bytes_, item, next) : std::vector<ByteView>();
  std::vector<ShapeId> known;
  for (const ByteView key : own) known.push_back(shapes_.find(k_root_shape, key));
  const auto unknown = static_cast<std::size_t>(std::ranges::count(known, k_no_shape));
  if (closers_ == "}" && bytes_[next] == ',' && open == '{') {
    // Or it is one, and a closer too many ended it: a doubled one, or any where it is by far the larger part.
    const bool doubled = bytes_.substr(item, next - item).find("}}") != ByteView::npos;
    const bool is_larger = next - item >= 2 * (end_ - next);
    const bool is_described = shapes_.is_described(k_root_shape);
    if (!is_described && is_map_beside(item, next)) return true;
    if (is_described ? unknown < own.size() : doubled || is_larger) return false;
  }
  if (!shapes_.is_complete(k_root_shape, {})) {
    return open == '[' || (!shapes_.is_complete(k_root_shape, known) && 2 * unknown > known.size());
  }
  const std::vector<LostContainer> lost = lost_containers(next);
  if (bytes_[next] == ',' && open == '[' && are_alike_arrays(item, skip_blanks(bytes_, next + 1, end_))) {
    return true;
  }
  const auto is_element = [&](const std::vector<ByteView>& keys) {
    return std::ranges::any_of(lost, [&](const LostContainer& container) {
      return container.open == '[' && are_alike(keys, container.keys);
    });
  };
  if (is_element(own)) return true;
  // It holds what the rest goes on with: it is the document, which ended too early.
  if (is_element(keys_of_elements(bytes_, item, next))) return false;
  const bool only_closers = std::min(bytes_.find_first_not_of("}] \t\r\n", next), end_) == end_;
  return !only_closers && !may_be_version(item, lost.back());
}

/// Whether the object at `item` is a map of objects that are alike, and the member behind the comma at `next`
/// is none of its entries.
bool SalvageParser::is_map_beside(std::size_t item, std::size_t next) const {
  const Result<Outline> map = outline_of(bytes_.substr(item, next - item));
  if (!map || map->members.size() < k_enough_siblings) return false;
  const auto keys_in = [](ByteView object) { return keys_of(object, 0, object.size()); };
  const auto is_object = [](const Member& member) { return member.type == ValueType::object; };
  if (!std::ranges::all_of(map->members, is_object)) return false;
  const std::vector<ByteView> first = keys_in(map->members.front().value);
  const auto is_entry = [&](const Member& member) { return are_alike(first, keys_in(member.value)); };
  if (!std::ranges::all_of(map->members, is_entry)) return false;
  const std::size_t quote = skip_blanks(bytes_, next + 1, end_);
  if (quote >= end_ || key_at(quote).empty()) return false;
  const std::size_t value = skip_blanks(bytes_, next_quote(quote + 1) + 1, end_) + 1;
  const std::size_t at = skip_blanks(bytes_, value, end_);
  return at < end_ && (bytes_[at] != '{' || !are_alike(first, keys_of(bytes_, at, end_)));
}

/// Whether the arrays at `item` and `next` look like elements of one array.
bool SalvageParser::are_alike_arrays(std::size_t item, std::size_t next) const {
  if (next >= end_ || bytes_[next] != '[') return false;
  const std::size_t first = skip_blanks(bytes_, item + 1, end_);
  const std::size_t other = skip_blanks(bytes_, next + 1, end_);
  return other < end_ && kind_of(bytes_[first]) == kind_of(bytes_[other]);
}

/// Whether the outermost of the containers whose rest follows the value at `item` may be an older version of
/// it: of its kind, and without anything that it does not have.
bool SalvageParser::may_be_version(std::size_t item, const LostContainer& outermost) const {
  if (outermost.open != bytes_[item]) return false;
  const std::size_t holder = outermost.open == '[' ? skip_blanks(bytes_, item + 1, end_) : item;
  std::vector<ByteView> own;
  if (bytes_[holder] == '{') own = keys_of(bytes_, holder, end_);
  return std::ranges::all_of(outermost.keys, [&](ByteView key) { return has(own, key); });
}

}  // namespace session::repair
