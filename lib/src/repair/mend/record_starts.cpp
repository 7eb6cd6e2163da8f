#include "repair/mend/record_starts.h"

#include <algorithm>
#include <string>
#include <vector>

#include "json/scanner.h"
#include "repair/salvage/lexing.h"
#include "repair/salvage/restart.h"

namespace session::repair {
namespace {

// What the first records of a file tell, its header among them, is enough.
constexpr std::size_t k_looked_at = 1U << 20;
// So many beginnings of different kinds no agent has: their keys have names of their own.
constexpr std::size_t k_most_beginnings = 256;

// So many keys in common with records do not come by chance.
constexpr std::size_t k_telling_members = 3;

constexpr ByteView k_object_begins = "{\"";

/// The key that the object at `at` begins with; empty if none.
ByteView first_key(ByteView bytes, std::size_t at, std::size_t end) {
  const std::size_t quote = skip_blanks(bytes, at + 1, end);
  if (bytes[at] != '{' || quote >= end || bytes[quote] != '"') return {};
  const StringToken token = read_string(bytes, quote, end);
  const std::size_t colon = token.how == StringEnd::closed ? skip_blanks(bytes, token.end, end) : end;
  return colon < end && bytes[colon] == ':' ? bytes.substr(quote, token.end - quote) : ByteView();
}

std::pair<ByteView, ByteView> beginning_of(const std::vector<ByteView>& keys) {
  return {keys.empty() ? ByteView() : keys[0], keys.size() > 1 ? keys[1] : ByteView()};
}

/// What the first component of a pointer names.
std::string_view root_member(std::string_view path) {
  return path.empty() ? path : path.substr(1, path.find('/', 1) - 1);
}

/// Hears every key with the number of its object.
class KeySink : public json::SilentSink {
 public:
  void on_open(json::Container, json::Offset) { seen_.emplace_back(); }
  void on_close(json::Container, json::Offset) { seen_.pop_back(); }
  void on_key(const json::Token& key) {
    repeated_ = repeated_ || !seen_.back()
                                  .insert(std::string(text_.substr(static_cast<std::size_t>(key.offset),
                                                                   static_cast<std::size_t>(key.length))))
                                  .second;
  }
  static constexpr bool hears(json::Scalar, json::Offset) { return false; }
  explicit KeySink(ByteView text) : text_(text) {}
  [[nodiscard]] bool is_repeated() const { return repeated_; }

 private:
  ByteView text_;
  std::vector<std::set<std::string>> seen_;
  bool repeated_ = false;
};

}  // namespace

/// Notes the first two keys of every object, and the key that it stands under.
class RecordStarts::Sink : public json::SilentSink {
 public:
  explicit Sink(ByteView bytes) : bytes_(bytes) {}
  void on_open(json::Container container, json::Offset) {
    const ByteView holder = open_.empty() ? ByteView() : open_.back().key;
    open_.push_back({{}, holder, container == json::Container::array ? holder : ByteView()});
  }
  void on_close(json::Container container, json::Offset) {
    const Level& level = open_.back();
    if (container == json::Container::object) {
      if (open_.size() == 1) {
        record = level.beginning;
      } else if (inner.size() < k_most_beginnings) {
        inner.insert(level.beginning);
        held.insert({level.holder, level.beginning});
      }
    }
    open_.pop_back();
  }
  void on_key(const json::Token& token) {
    Beginning& beginning = open_.back().beginning;
    const ByteView key =
        bytes_.substr(static_cast<std::size_t>(token.offset), static_cast<std::size_t>(token.length));
    open_.back().key = key;
    note_value(key);
    const bool is_root = open_.size() == 1 && keys.size() < k_most_beginnings;
    if (is_root) keys.insert(key);
    if (!beginning.second.empty()) return;
    (beginning.first.empty() ? beginning.first : beginning.second) = key;
  }
  static constexpr bool hears(json::Scalar, json::Offset) { return false; }

  Beginning record;
  std::set<ByteView> keys;     ///< of the record
  std::set<ByteView> holders;  ///< keys of objects
  std::set<ByteView> others;   ///< keys of what is neither one, nor null, nor an empty array
  std::set<Beginning> inner;
  std::set<Held> held;

 private:
  void note_value(ByteView key) {
    const std::size_t end = bytes_.size();
    const std::size_t colon = skip_blanks(bytes_, static_cast<std::size_t>(key.end() - bytes_.begin()), end);
    const std::size_t value = skip_blanks(bytes_, std::min(colon + 1, end), end);
    const char first = value < end ? bytes_[value] : 'n';
    const bool is_empty = first == 'n' || (first == '[' && skip_blanks(bytes_, value + 1, end) < end &&
                                           bytes_[skip_blanks(bytes_, value + 1, end)] == ']');
    std::set<ByteView>& kind = first == '{' ? holders : others;
    if (!is_empty && kind.size() < k_most_beginnings) kind.insert(key);
  }

  struct Level {
    Beginning beginning;
    ByteView holder;
    ByteView key;  ///< of the member being read; in an array, that which the array stands under
  };

  ByteView bytes_;
  std::vector<Level> open_;
};

/// Goes through a cut record and tells where in it something stands.
class RecordStarts::Walk {
 public:
  Walk(ByteView bytes, std::size_t begin, std::size_t end)
      : bytes_(bytes), begin_(begin), at_(begin), end_(end) {}

  /// Of what stands at `found`, which does not lie before what was asked for last.
  Spot spot_of(std::size_t found) {
    while (at_ < found) {
      const char c = bytes_[at_];
      if (c == '"') {
        string_end_ = read_string(bytes_, at_, end_).end;
        at_ = std::max(string_end_, at_ + 1);
        continue;
      }
      if (c == '{' || c == '[') open_.push_back(at_);
      if ((c == '}' || c == ']') && !open_.empty()) open_.pop_back();
      ++at_;
    }
    return {place_of(found), holder_of(found)};
  }

 private:
  [[nodiscard]] bool is_in_array() const { return !open_.empty() && bytes_[open_.back()] == '['; }

  [[nodiscard]] Place place_of(std::size_t found) const {
    const char before = before_blanks(bytes_, begin_, found);
    // In a string that was cut; but where the text before it is that of grammar, a quote may be missing.
    if (found < string_end_ && k_before_values.find(before) == ByteView::npos) return Place::other;
    if (found < string_end_ || (is_in_array() && before == '}')) return Place::element;
    return before == ':' || before == '[' || (before == ',' && is_in_array()) ? Place::value : Place::other;
  }

  [[nodiscard]] ByteView holder_of(std::size_t found) const {
    std::size_t at = found;
    for (auto open = open_.rbegin(); open != open_.rend() && bytes_[*open] == '['; ++open) at = *open;
    return key_before(bytes_, at);
  }

  ByteView bytes_;
  std::size_t begin_;
  std::size_t at_;
  std::size_t end_;
  std::size_t string_end_ = 0;
  std::vector<std::size_t> open_;
};

void RecordStarts::learn() {
  if (learned_) return;
  learned_ = true;
  const std::size_t limit = std::min(bytes_.size(), k_looked_at);
  for (std::size_t line = 0; line < limit;) {
    const std::size_t end = std::min(bytes_.find('\n', line), bytes_.size());
    const std::size_t at = skip_blanks(bytes_, line, end);
    line = end + 1;
    if (at >= end || (bytes_[at] != '{' && bytes_[at] != '[')) continue;
    if (const ByteView key = first_key(bytes_, at, end); !key.empty() && starts_.size() < k_most_beginnings) {
      starts_.insert(key);
    }
    Sink sink(bytes_);
    json::Scanner<Sink> scanner(sink);
    const char* const stopped = scanner.feed(bytes_.data() + at, bytes_.data() + end, at);
    const auto stop = static_cast<std::size_t>(stopped - bytes_.data());
    if (scanner.progress() != json::Progress::complete || skip_blanks(bytes_, stop, end) != end) continue;
    if (bytes_[at] == '[') rows_.learn(bytes_, at, stop);
    if (bytes_[at] == '{' && records_.size() < k_most_beginnings) {
      records_.insert(sink.record);
      keys_.merge(sink.keys);
    }
    if (holders_.size() < k_most_beginnings) holders_.merge(sink.holders);
    if (others_.size() < k_most_beginnings) others_.merge(sink.others);
    if (inner_.size() < k_most_beginnings) inner_.merge(sink.inner);
    if (held_.size() < k_most_beginnings) held_.merge(sink.held);
  }
}

/// Whether the layout names a member of records so.
bool RecordStarts::is_of_layout(ByteView key) const {
  const auto names_it = [&](const FieldRule& rule) { return root_member(rule.path) == key; };
  return layout_ != nullptr && (std::ranges::any_of(layout_->fields, names_it) ||
                                std::ranges::any_of(layout_->header_fields, names_it));
}

/// Whether most of `keys`, and the first of them, are those of records.
bool RecordStarts::are_of_record(const std::vector<ByteView>& keys) const {
  const auto is_named = [&](ByteView key) { return keys_.contains(key) || is_of_layout(unquoted(key)); };
  const auto named = static_cast<std::size_t>(std::ranges::count_if(keys, is_named));
  return named >= k_telling_members && 2 * named >= keys.size() && is_named(keys.front());
}

bool RecordStarts::has_unknown_key(ByteView record) {
  learn();
  return !keys_.empty() && std::ranges::any_of(root_keys(record, 0, record.size()), [&](ByteView key) {
    return !keys_.contains(key) && !is_of_layout(unquoted(key));
  });
}

bool RecordStarts::may_begin(std::size_t at, std::size_t end) {
  learn();
  if (layout_ == nullptr && starts_.empty()) return true;
  if (bytes_[at] == '[') return !rows_.empty();
  const std::vector<ByteView> keys = root_keys(bytes_, at, end);
  return !keys.empty() && (starts_.contains(keys.front()) || is_of_layout(unquoted(keys.front())));
}

/// Whether whole records have values under `spot`'s key, and never an object.
bool RecordStarts::holds_no_object(const Spot& spot, std::size_t at) const {
  return before_blanks(bytes_, 0, at) == ':' && others_.contains(spot.holder) &&
         !holders_.contains(spot.holder);
}

/// Whether the object at `at`, where a value may stand, may be one: a child, where records are trees. Not
/// where whole records, or the object itself, have something else under that key.
bool RecordStarts::may_be_value(std::size_t at, std::size_t end, const Spot& spot) const {
  Sink own(bytes_);
  json::Scanner<Sink> scanner(own);
  scanner.feed(bytes_.data() + at, bytes_.data() + end, at);
  const Beginning beginning = beginning_of(root_keys(bytes_, at, end));
  const Held held = {spot.holder, beginning};
  if (held_.contains(held) || own.held.contains(held)) return true;
  const auto tells = [&](const std::set<ByteView>& all) { return all.contains(spot.holder); };
  if (spot.holder.empty() || tells(holders_) || tells(others_) || tells(own.holders) || tells(own.others)) {
    return false;
  }
  return before_blanks(bytes_, 0, at) != ':' || !records_.contains(beginning);
}

bool RecordStarts::is_start(std::size_t at, std::size_t end, const Spot& spot) {
  learn();
  const std::vector<ByteView> keys = root_keys(bytes_, at, end);
  if (keys.empty()) return false;
  const bool is_record = records_.contains(beginning_of(keys));
  if (spot.place == Place::value && !holds_no_object(spot, at)) {
    return !may_be_value(at, end, spot) && (is_record || are_of_record(keys));
  }
  if (inner_.contains(beginning_of(keys))) return is_record;
  return spot.place != Place::element || starts_.contains(keys[0]) || are_of_record(keys);
}

bool RecordStarts::may_be_part(std::size_t begin, std::size_t at, std::size_t end) {
  learn();
  const Spot spot = Walk(bytes_, begin, end).spot_of(at);
  return spot.place == Place::value && !holds_no_object(spot, at) && may_be_value(at, end, spot);
}

std::optional<std::size_t> RecordStarts::find_glued(std::size_t begin, std::size_t end, Proof proof) {
  const ByteView line = bytes_.substr(0, end);
  Walk walk(bytes_, begin, end);
  std::size_t may_read = k_looked_at_factor * (end - begin);
  for (std::size_t at = line.find(k_object_begins, begin + 1); at != ByteView::npos;
       at = line.find(k_object_begins, at + 1)) {
    json::SilentSink silent;
    json::Scanner<json::SilentSink> scanner(silent);
    const char* const stopped = scanner.feed(bytes_.data() + at, bytes_.data() + end, at);
    const auto stop = static_cast<std::size_t>(stopped - bytes_.data());
    if (scanner.progress() == json::Progress::complete) {
      const std::size_t next = skip_blanks_and_nuls(bytes_, stop, end);
      const bool is_last = next >= end;
      const Spot spot = walk.spot_of(at);
      // Behind a closer no object begins; but where a value stands the closers of what holds it may be
      // missing.
      const bool is_followed = spot.place != Place::value && line.substr(next).starts_with(k_object_begins);
      const bool is_alone = proof == Proof::none && is_last;
      if (is_alone || ((is_last || is_followed) && is_start(at, stop, spot))) return at;
    }
    if (stop - at >= may_read) return std::nullopt;
    may_read -= stop - at;
  }
  learn();
  return rows_.find(bytes_, begin, end);
}

std::size_t end_of_foreign(ByteView bytes, std::size_t at, std::size_t end) {
  const auto end_from = [&](std::size_t from) {
    std::size_t behind = at;
    std::size_t depth = 0;
    while (from < end) {
      const char c = bytes[from];
      if (c == '"') {
        from = read_string(bytes, from, end).end;
        continue;
      }
      ++from;
      if (c == '{' || c == '[') ++depth;
      if (c != '}' && c != ']') continue;
      if (depth > 0) {
        --depth;
      } else {
        behind = from;
      }
    }
    return behind;
  };
  const std::size_t quote = find_quote(bytes, at, end);
  return std::max(end_from(at), quote < end ? end_from(quote + 1) : at);
}

std::size_t find_record(ByteView bytes, std::size_t at, std::size_t end, std::size_t foreign) {
  for (const ByteView line = bytes.substr(0, end); (at = line.find(k_object_begins, at)) != ByteView::npos;
       ++at) {
    const char before = before_blanks(bytes, 0, at);
    if (before == ',' ? at >= foreign : k_before_values.find(before) == ByteView::npos) return at;
  }
  return end;
}

bool has_repeated_key(ByteView text) {
  KeySink sink(text);
  json::Scanner<KeySink> scanner(sink);
  scanner.feed(text.data(), text.data() + text.size(), 0);
  return sink.is_repeated();
}

}  // namespace session::repair
