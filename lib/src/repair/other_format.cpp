#include "repair/other_format.h"

#include <algorithm>
#include <vector>

#include "json/scanner.h"
#include "repair/salvage/identity.h"
#include "repair/salvage/lexing.h"
#include "session/check.h"
#include "session/members.h"

namespace session::repair {
namespace {

// So many records tell what the others are.
constexpr std::size_t k_telling_records = 64;

/// Whether one object or array is all there is in `line`, which begins with it.
bool is_record(ByteView line) {
  if (line.front() != '{' && line.front() != '[') return false;
  json::SilentSink silent;
  json::Scanner<json::SilentSink> scanner(silent);
  const char* const stopped = scanner.feed(line.data(), line.data() + line.size(), 0);
  const auto stop = static_cast<std::size_t>(stopped - line.data());
  return scanner.progress() == json::Progress::complete &&
         skip_blanks(line, stop, line.size()) == line.size();
}

struct Lines {
  std::vector<Outline> first_records;
  std::size_t records = 0;
  std::size_t others = 0;
};

/// The lines of a text whose first one is a record; of any other none.
Lines lines_of(ByteView bytes) {
  Lines lines;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const ByteView line = bytes.substr(at, end - at);
    at = end + 1;
    const std::size_t text = skip_blanks(line, 0, line.size());
    if (text == line.size()) continue;
    if (!is_record(line.substr(text))) {
      ++lines.others;
      if (lines.records == 0) break;
      continue;
    }
    ++lines.records;
    if (lines.first_records.size() == k_telling_records) continue;
    if (Result<Outline> outline = outline_of(line)) lines.first_records.push_back(*std::move(outline));
  }
  return lines;
}

/// The larger part of what an object says; an array itself.
Member largest_of(const Outline& record) {
  if (record.type != ValueType::object) return {{}, {}, record.value, record.type};
  const auto by_size = [](const Member& a, const Member& b) { return a.value.size() < b.value.size(); };
  const auto largest = std::ranges::max_element(record.members, by_size);
  return largest == record.members.end() ? Member() : *largest;
}

bool is_container(const Member& member) {
  return member.type == ValueType::object || member.type == ValueType::array;
}

/// Whether `later` says all that is in the larger part of `earlier`, and perhaps more.
bool goes_on(const Outline& earlier, const Outline& later) {
  if (earlier.value == later.value) return true;
  const Member had = largest_of(earlier);
  if (!is_container(had) || earlier.type != later.type) return false;
  const Member* const has = earlier.type == ValueType::object ? find_member(later, had.key) : nullptr;
  const ByteView text = has != nullptr ? has->value : earlier.type == ValueType::array ? later.value : "";
  return text.starts_with(had.value.substr(0, had.value.size() - 1));
}

enum class Ids : std::uint8_t { none, common, different };

/// What the ids are that all of the records have.
Ids ids_of(const std::vector<Outline>& records) {
  Ids ids = Ids::none;
  for (const Member& member : records.front().members) {
    if (!is_name_of_id(member.key)) continue;
    bool is_common = true;
    bool is_everywhere = true;
    for (const Outline& record : records) {
      const Member* const other = find_member(record, member.key);
      is_everywhere = is_everywhere && other != nullptr;
      is_common = is_common && other != nullptr && other->value == member.value;
    }
    if (is_everywhere && !is_common) return Ids::different;
    if (is_common) ids = Ids::common;
  }
  return ids;
}

/// Whether each of them is the session as it was at some time: all have its id, and most of each is a
/// container, or each goes on with what the one before it has.
bool are_versions(const std::vector<Outline>& records) {
  const Ids ids = ids_of(records);
  if (ids == Ids::different) return false;
  const auto is_holder = [](const Outline& record) { return is_container(largest_of(record)); };
  if (ids == Ids::common && std::ranges::all_of(records, is_holder)) return true;
  const auto ends = [](const Outline& a, const Outline& b) { return !goes_on(a, b); };
  return std::ranges::adjacent_find(records, ends) == records.end();
}

bool is_of_records(ByteView bytes) {
  const Lines lines = lines_of(bytes);
  return lines.records >= 2 && lines.records > lines.others && lines.first_records.size() >= 2 &&
         !are_versions(lines.first_records);
}

}  // namespace

Format format_of_content(ByteView bytes, Format named, const Layout* layout) {
  if (named == Format::json) {
    return layout == nullptr && is_of_records(bytes) ? Format::json_lines : named;
  }
  const std::size_t first = skip_blanks(bytes, 0, bytes.size());
  if (first == bytes.size()) return named;
  // Where the owner reads line by line, one record that was broken over lines is none that he finds.
  if (layout != nullptr && bytes[first] == '{') return named;
  return is_record(bytes.substr(first)) && parses_strictly(bytes, Format::json) ? Format::json : named;
}

}  // namespace session::repair
