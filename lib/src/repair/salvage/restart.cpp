#include "repair/salvage/restart.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "repair/salvage/lexing.h"
#include "repair/salvage/reads_on.h"

namespace session::repair {
namespace {

// One key in common says little; an object with as many members as this is no value of a small one.
constexpr std::size_t k_few_members = 3;

// So many equal items, or so many bytes of them, do not come twice by chance.
constexpr std::size_t k_enough_items = 2;
constexpr std::size_t k_enough_bytes = 16;
constexpr std::size_t k_most_items = 64;
// Nor do so many bytes where nothing but they tells.
constexpr std::size_t k_least_start = 24;
// So much of a beginning is as good as all of it.
constexpr std::size_t k_start_of_version = 64;

/// The first items of the root that begins at `begin`, each with its key, as far as they are whole before
/// `end`.
std::vector<ByteView> root_items(ByteView bytes, std::size_t begin, std::size_t end) {
  std::vector<ByteView> items;
  std::size_t depth = 0;
  std::size_t item = begin + 1;
  for (std::size_t at = begin; at < end && items.size() < k_most_items; ++at) {
    const char c = bytes[at];
    if (c == '"') {
      const StringToken token = read_string(bytes, at, end);
      if (token.how != StringEnd::closed) break;
      at = token.end - 1;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    const bool is_last = depth == 0;
    if (!is_last && (depth > 1 || c != ',')) continue;
    item = skip_blanks(bytes, item, at);
    std::size_t to = back_over_blanks(bytes, item, at);
    if (to > item) items.push_back(bytes.substr(item, to - item));
    if (is_last) break;
    item = at + 1;
  }
  return items;
}

enum class Extent : std::uint8_t { none, cut, whole };

/// How much of one document stands at `at`: all of it or its beginning, with nothing behind it but fillers.
Extent extent_of(ByteView bytes, std::size_t at, std::size_t end, const SalvageOptions& options) {
  if (!options.line_framed && reads_on(bytes, at, end)) return Extent::cut;
  Shapes scratch;
  const Attempt attempt = salvage_document(bytes, at, end, scratch, options);
  if (!attempt.clean || !attempt.closed) return Extent::none;
  return skip_blanks_and_nuls(bytes, attempt.end, end) == end ? Extent::whole : Extent::none;
}

/// How much must be equal to tell two versions.
enum class Evidence : std::uint8_t { any, strong };

/// Whether one of two versions begins with all whole items of the other.
bool begin_alike(const std::vector<ByteView>& one, const std::vector<ByteView>& other, Evidence least) {
  const std::size_t common = std::min(one.size(), other.size());
  if (common == 0 ||
      !std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(common), other.begin()))
    return false;
  return least == Evidence::any || common >= k_enough_items || one.front().size() >= k_enough_bytes;
}

/// The same byte by byte.
bool begin_alike(ByteView one, ByteView other, Evidence least) {
  const std::size_t common = std::min(one.size(), other.size());
  return (least == Evidence::any || common >= k_enough_bytes) &&
         one.substr(0, common) == other.substr(0, common);
}

/// The same for one that is long enough to tell by its start alone: later versions may differ further on.
bool start_alike(ByteView one, ByteView other) {
  const ByteView start = one.substr(0, k_start_of_version);
  return start.size() >= k_least_start && other.starts_with(start);
}

/// Whether nothing but openers stands before `at` in the last member of the root at `begin`: what stands
/// there would be the first value in it, and that may look like the root.
bool is_first_value(ByteView bytes, const std::vector<ByteView>& before, std::size_t begin, std::size_t at) {
  std::size_t from = begin + 1;
  if (!before.empty()) from = static_cast<std::size_t>(before.back().end() - bytes.begin());
  const std::size_t key = bytes.substr(0, at).find_first_not_of(", \t\r\n", from);
  if (key == ByteView::npos || bytes[key] != '"') return false;
  const std::size_t behind = read_string(bytes, key, at).end;
  return bytes.substr(0, at).find_first_not_of(":[{ \t\r\n", behind) == ByteView::npos;
}

/// Whether the container at `at` stands where a value does, next to none of another sort.
bool fits_as_value(ByteView bytes, std::size_t begin, std::size_t at) {
  const char before = before_blanks(bytes, begin, at);
  if (before != ',') return before == ':' || before == '[';
  const std::size_t comma = bytes.rfind(',', at - 1);
  return before_blanks(bytes, begin, comma) == closer_of(bytes[at]);
}

/// Whether `beginning` stands more than once in `bytes` where a value may: so do the nodes of a tree.
bool is_nested(ByteView bytes, ByteView beginning) {
  bool is_found = false;
  for (std::size_t at = bytes.find(beginning, 1); at != ByteView::npos; at = bytes.find(beginning, at + 1)) {
    if (k_before_values.find(before_blanks(bytes, 0, at)) != ByteView::npos && std::exchange(is_found, true))
      return true;
  }
  return false;
}

/// Whether nothing but keys and openers stands before `at` in the last member of the root at `begin`.
bool is_on_first_path(ByteView bytes, const std::vector<ByteView>& before, std::size_t begin,
                      std::size_t at) {
  std::size_t from = begin + 1;
  if (!before.empty()) from = static_cast<std::size_t>(before.back().end() - bytes.begin());
  while (bytes[begin] == '{' && from < at) {
    if (bytes[from] == '"') {
      from = skip_blanks(bytes, read_string(bytes, from, at).end, at);
      if (from >= at || bytes[from] != ':') return false;
    } else if (!is_blank(bytes[from]) && bytes[from] != '{' && bytes[from] != '[' && bytes[from] != ',') {
      return false;
    }
    ++from;
  }
  return bytes[begin] == '{';
}

/// Whether the root at `at` has every key of the other one, of which `before` is there, and a member that
/// says which session it is of: a long one that both have.
bool has_common_member(ByteView bytes, std::size_t begin, std::size_t at, std::size_t end,
                       const std::vector<ByteView>& before, const std::vector<ByteView>& own) {
  const std::vector<ByteView> keys = root_keys(bytes, begin, at);
  const std::vector<ByteView> own_keys = root_keys(bytes, at, end);
  const auto has = [](const std::vector<ByteView>& all, ByteView one) {
    return std::ranges::find(all, one) != all.end();
  };
  return bytes[begin] == '{' && std::ranges::all_of(keys, [&](ByteView key) { return has(own_keys, key); }) &&
         std::ranges::any_of(before,
                             [&](ByteView item) { return item.size() >= k_least_start && has(own, item); });
}

/// Whether the value at `at` is another version of the document at `begin`, though as a whole the text reads
/// on as one document to where it ends: a cut explains that too, and better where the document may hold what
/// is like itself. `before` is what its root has before `at`.
bool is_version_within(ByteView bytes, std::size_t begin, std::size_t at, std::size_t end, bool is_whole,
                       bool nested, const std::vector<ByteView>& before) {
  const bool fits = fits_as_value(bytes, begin, at);
  const std::vector<ByteView> own = root_items(bytes, at, end);
  const bool has_all = before.size() >= k_enough_items && own.size() >= before.size() &&
                       begin_alike(own, before, Evidence::strong);
  if (is_whole && !fits && has_all) return true;
  if (fits && (!is_whole || nested || is_on_first_path(bytes, before, begin, at))) return false;
  if (is_whole && has_common_member(bytes, begin, at, end, before, own)) return true;
  return start_alike(bytes.substr(begin, at - begin), bytes.substr(at, end - at));
}

/// Whether the document at `at` is another version of the one that begins at `begin` and was cut before it.
/// `nested`: values in them begin as they do. `only_cut`: all of the text reads on to its end.
bool continues(ByteView bytes, std::size_t begin, std::size_t at, std::size_t end,
               const SalvageOptions& options, bool nested, bool only_cut) {
  const Extent extent = extent_of(bytes, at, end, options);
  if (extent == Extent::none) return false;
  const std::vector<ByteView> before = root_items(bytes, begin, at);
  if (only_cut) return is_version_within(bytes, begin, at, end, extent == Extent::whole, nested, before);
  // Where grammar has a value, it may be one.
  const bool may_be_value = k_before_values.find(before_blanks(bytes, begin, at)) != ByteView::npos;
  // What is cut itself needs no second document to explain it: an inner object may begin as the root does.
  if (extent == Extent::cut && !options.line_framed && fits_as_value(bytes, begin, at)) return false;
  // One that was cut right behind a node of its tree ends as that does.
  const bool may_be_node = nested && fits_as_value(bytes, begin, at);
  const bool may_be_alike = may_be_value && !options.line_framed && is_first_value(bytes, before, begin, at);
  // What broke off before its first item says nothing that the other one could say otherwise.
  const bool is_certain = extent == Extent::whole && !may_be_value && (bytes[begin] == '[' || before.empty());
  const Evidence least = is_certain ? Evidence::any : Evidence::strong;
  const bool has_same_items = begin_alike(root_items(bytes, at, end), before, least);
  const ByteView cut = bytes.substr(begin, at - begin);
  const ByteView own_text = bytes.substr(at, end - at);
  const bool has_same_bytes =
      begin_alike(cut, own_text, least) || (extent == Extent::whole && start_alike(cut, own_text));
  if (has_same_items || (has_same_bytes && !may_be_alike && !may_be_node)) return true;
  if (may_be_node || bytes[begin] == '[' || (extent == Extent::cut && may_be_value)) return false;
  const std::vector<ByteView> keys = root_keys(bytes, begin, at);
  const std::vector<ByteView> own = root_keys(bytes, at, end);
  if (keys.size() < 2 && own.size() < k_few_members) return false;
  if (may_be_alike && !before.empty()) return false;
  return std::ranges::all_of(keys, [&](ByteView key) { return std::ranges::find(own, key) != own.end(); });
}

/// Those of the openers in [begin, to) that were cut before anything else, with the line that the first of
/// them stands on said again behind the cut; empty where there are none.
ByteView openers_said_again(ByteView bytes, std::size_t begin, std::size_t to, std::size_t end) {
  const std::size_t line = std::min(bytes.substr(0, to).find('\n', begin), to) - begin;
  const ByteView looked_at = bytes.substr(0, std::min(end, to + line + 1));
  std::size_t line_end = begin + line;
  for (std::size_t at = line_end; (at = skip_blanks(bytes, at, to)) < to; ++at) {
    if (line_end < at) line_end = std::min(looked_at.find('\n', at), looked_at.size());
    const ByteView cut = bytes.substr(begin, at - begin);
    // Of each line no more than one end is as long as the first: else all of them would be compared with it.
    if (line_end - at == line && bytes.substr(at, end - at).starts_with(cut)) return cut;
  }
  return {};
}

/// What a document at `begin` begins with, up to its first string or number; empty where that is not whole.
ByteView beginning_of(ByteView bytes, std::size_t begin, std::size_t end) {
  std::size_t at = begin;
  while (at < end && (bytes[at] == '{' || bytes[at] == '[')) at = skip_blanks(bytes, at + 1, end);
  if (const ByteView cut = openers_said_again(bytes, begin, at, end); !cut.empty()) return cut;
  if (at >= end) return {};
  if (bytes[at] == '"') {
    const StringToken first = read_string(bytes, at, end);
    if (first.how != StringEnd::closed) return {};
    // Cut in its first string, which then ends at the quote behind the other one's opener.
    const std::size_t to = back_over_blanks(bytes, at + 1, first.end - 1);
    const bool is_cut = to > at + 1 && bytes[to - 1] == bytes[begin];
    return bytes.substr(begin, (is_cut ? to - 1 : first.end) - begin);
  }
  const std::size_t to = bytes[begin] == '[' ? read_number(bytes, at, end) : at;
  return to > at ? bytes.substr(begin, to - begin) : ByteView();
}

}  // namespace

std::vector<ByteView> root_keys(ByteView bytes, std::size_t begin, std::size_t end) {
  std::vector<ByteView> keys;
  int depth = 0;
  bool expects_key = false;
  for (std::size_t at = begin; at < end; ++at) {
    const char c = bytes[at];
    if (c == '"') {
      const StringToken token = read_string(bytes, at, end);
      if (token.how != StringEnd::closed) break;
      if (depth == 1 && expects_key) keys.push_back(bytes.substr(at, token.end - at));
      expects_key = false;
      at = token.end - 1;
    } else if (c == '{' || c == '[') {
      ++depth;
      expects_key = c == '{';
    } else if (c == '}' || c == ']') {
      if (--depth == 0) break;
    } else if (c == ',' && depth == 1) {
      expects_key = true;
    }
  }
  return keys;
}

std::vector<ByteView> keys_of(ByteView bytes, std::size_t begin, std::size_t end) {
  std::vector<ByteView> keys = root_keys(bytes, begin, end);
  for (ByteView& key : keys) key = key.substr(1, key.size() - 2);
  return keys;
}

std::optional<std::size_t> find_restart(ByteView bytes, std::size_t begin, std::size_t end,
                                        const SalvageOptions& options, std::size_t& read_again) {
  if (begin >= end || (bytes[begin] != '{' && bytes[begin] != '[')) return std::nullopt;
  const ByteView beginning = beginning_of(bytes, begin, end);
  if (beginning.empty()) return std::nullopt;
  std::size_t at = begin + beginning.size();
  std::optional<bool> nested;
  std::optional<bool> only_cut;
  while (read_again <= k_read_again_factor * bytes.size()) {
    const std::size_t found = bytes.substr(0, end).find(beginning, at);
    read_again += std::min(found, end) - at;
    if (found >= end) break;
    read_again += end - begin;
    if (!nested) nested = !options.line_framed && is_nested(bytes.substr(begin, end - begin), beginning);
    // What a layout names tells versions apart, and so do the records of a file.
    if (!only_cut) {
      only_cut = !options.line_framed && options.layout == nullptr && reads_on(bytes, begin, end);
    }
    if (continues(bytes, begin, found, end, options, *nested, *only_cut)) return found;
    at = found + 1;
  }
  return std::nullopt;
}

}  // namespace session::repair
