#include "repair/other_format.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "json/scanner.h"
#include "repair/mend/encoding.h"
#include "repair/salvage/identity.h"
#include "repair/salvage/lexing.h"
#include "session/check.h"
#include "session/members.h"

namespace session::repair {
namespace {

// So many records tell what the others are, and so many members which ids they have.
constexpr std::size_t k_telling_records = 64;
constexpr std::size_t k_telling_members = 64;
// So many items do not come to be the same in two records, and that in one that has more of them.
constexpr std::size_t k_many_items = 8;

bool is_opener(char c) { return c == '{' || c == '['; }

/// Whether one object or array is all there is in `line`, which begins with it.
bool is_record(ByteView line) {
  if (!is_opener(line.front())) return false;
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  const char* const stopped = scanner.feed(line.data(), line.data() + line.size(), 0);
  const auto stop = static_cast<std::size_t>(stopped - line.data());
  return scanner.progress() == json::Progress::complete &&
         skip_blanks(line, stop, line.size()) == line.size();
}

/// What is left of `bytes` without the blanks and NULs around it.
ByteView without_edges(ByteView bytes) {
  bytes.remove_prefix(skip_blanks_and_nuls(bytes, 0, bytes.size()));
  while (!bytes.empty() && (is_blank(bytes.back()) || bytes.back() == '\0')) bytes.remove_suffix(1);
  return bytes;
}

/// The text behind a mark and whatever blanks and NULs stand around that.
ByteView text_of(ByteView bytes) {
  bytes = without_edges(bytes);
  if (bytes.starts_with(k_byte_order_mark)) bytes = without_edges(bytes.substr(k_byte_order_mark.size()));
  return bytes;
}

/// Takes the next line from `rest`; its end is no part of it.
ByteView take_line(ByteView& rest) {
  const ByteView line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line;
}

/// Whether a document over several lines begins with `line`: it opens what holds the lines behind it.
bool opens_document(ByteView line) {
  return is_opener(line.back()) || (is_opener(line.front()) && line.size() > 1 && is_record(line.substr(1)));
}

struct Lines {
  std::vector<Outline> first_records;
  std::size_t records = 0;
  std::size_t others = 0;
};

/// The lines of a text; none where a document begins before the first record, and the last one is none.
Lines lines_of(ByteView text) {
  Lines lines;
  bool is_opened = false;
  bool ends_in_record = false;
  while (!text.empty()) {
    const ByteView line = without_edges(take_line(text));
    if (line.empty()) continue;
    ends_in_record = is_record(line);
    if (!ends_in_record) {
      is_opened = is_opened || (lines.records == 0 && opens_document(line));
      ++lines.others;
      continue;
    }
    ++lines.records;
    if (lines.first_records.size() == k_telling_records) continue;
    if (Result<Outline> outline = outline_of(line)) lines.first_records.push_back(*std::move(outline));
  }
  return is_opened && !ends_in_record ? Lines() : lines;
}

/// The larger part of what an object says.
Member largest_of(const Outline& record) {
  const auto by_size = [](const Member& a, const Member& b) { return a.value.size() < b.value.size(); };
  const auto largest = std::ranges::max_element(record.members, by_size);
  return largest == record.members.end() ? Member() : *largest;
}

bool is_container(const Member& member) {
  return member.type == ValueType::object || member.type == ValueType::array;
}

using Members = std::vector<Member>;

/// Whether `later` is the list, or map, that `earlier` was, and perhaps more. One of containers may stay as
/// it is, and the last item may differ if two are the same and more follow; one with values of other sorts
/// must have many, and grow: there are such in records.
bool list_goes_on(const Members& earlier, const Members& later) {
  const auto is_same = [](const Member& a, const Member& b) { return a.key == b.key && a.value == b.value; };
  const auto differs = std::ranges::mismatch(earlier, later, is_same);
  const auto shared = static_cast<std::size_t>(differs.in1 - earlier.begin());
  const bool grows = later.size() > earlier.size();
  const bool is_all_shared = shared == earlier.size();
  if (grows && is_all_shared && shared >= k_many_items) return true;
  if (!std::ranges::all_of(earlier, is_container) || !std::ranges::all_of(later, is_container)) return false;
  return is_all_shared ? shared > 0 : grows && shared + 1 == earlier.size() && shared > 1;
}

/// Whether two texts are one session at two times: as a whole, or in their larger part. As one text they are
/// if it holds a container: the same small event may well come twice.
bool goes_on(const Outline& earlier, const Outline& later) {
  if (earlier.value == later.value) return std::ranges::any_of(earlier.members, is_container);
  if (earlier.type != later.type) return false;
  if (list_goes_on(earlier.members, later.members)) return true;
  if (earlier.type == ValueType::array) return false;
  const Member had = largest_of(earlier);
  const Member* const has = find_member(later, had.key);
  if (!is_container(had) || has == nullptr || has->type != had.type) return false;
  const Result<Outline> old_list = outline_of(had.value);
  const Result<Outline> new_list = outline_of(has->value);
  return old_list && new_list && list_goes_on(old_list->members, new_list->members);
}

/// Whether all of the records have an id of one name, and it is not the same in all.
bool have_different_ids(const std::vector<Outline>& records) {
  const std::vector<Member>& members = records.front().members;
  const auto told = static_cast<std::ptrdiff_t>(std::min(members.size(), k_telling_members));
  return std::any_of(members.begin(), members.begin() + told, [&](const Member& member) {
    if (!is_name_of_id(member.key)) return false;
    bool is_common = true;
    for (const Outline& record : records) {
      const Member* const other = find_member(record, member.key);
      if (other == nullptr) return false;
      is_common = is_common && other->value == member.value;
    }
    return !is_common;
  });
}

/// Whether each of them is the session as it was at some time: that they name the same one is not enough, for
/// so do its records.
bool are_versions(const std::vector<Outline>& records) {
  const auto ends = [](const Outline& a, const Outline& b) { return !goes_on(a, b); };
  return !have_different_ids(records) && std::ranges::adjacent_find(records, ends) == records.end();
}

bool is_of_records(ByteView text) {
  const Lines lines = lines_of(text);
  return lines.records >= 2 && lines.records > lines.others && lines.first_records.size() >= 2 &&
         !are_versions(lines.first_records);
}

/// Whether `text` is one document over several lines, sound or not: the first one opens it, and none behind
/// it opens anything at its left border.
bool is_document_over_lines(ByteView text) {
  const ByteView first = without_edges(take_line(text));
  if (!is_opener(first.front()) || !is_opener(first.back()) || text.empty()) return false;
  while (!text.empty()) {
    const ByteView line = take_line(text);
    if (!line.empty() && is_opener(line.front())) return false;
  }
  return true;
}

Format format_of_text(ByteView text, Format named, const Layout* layout) {
  if (text.empty()) return named;
  if (named == Format::json) {
    return layout == nullptr && is_of_records(text) ? Format::json_lines : named;
  }
  // Where the owner reads line by line, one record that was broken over lines is none that he finds.
  if (layout != nullptr && text.front() == '{') return named;
  ByteView rest = text;
  if (!is_opener(text.front()) || is_record(without_edges(take_line(rest)))) return named;
  if (is_record(text) && parses_strictly(text, Format::json)) return Format::json;
  return is_document_over_lines(text) ? Format::json : named;
}

}  // namespace

Format format_of_content(ByteView bytes, Format named, const Layout* layout) {
  const std::optional<WideText> wide = decode_wide(bytes);
  return format_of_text(text_of(wide ? ByteView(wide->utf8) : bytes), named, layout);
}

}  // namespace session::repair
