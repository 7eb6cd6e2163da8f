#include "repair/mend/unlikeness.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "json/scanner.h"
#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

// What each thing costs that stands nowhere else in the document: by how seldom a session has it.
// An object without what its layout requires is not loaded.
constexpr std::uint64_t k_incomplete = 500;
constexpr std::uint64_t k_repeated_key = 200;
constexpr std::uint64_t k_misplaced_key = 6;
constexpr std::uint64_t k_other_type = 4;
constexpr std::uint64_t k_other_indent = 4;
constexpr std::uint64_t k_new_object = 3;
constexpr std::uint64_t k_new_array = 2;
constexpr std::uint64_t k_new_key = 4;
constexpr std::uint64_t k_other_length = 1;
constexpr std::uint64_t k_first_of_its_place = 1;

using Hash = std::uint64_t;
constexpr Hash k_root = 1;
constexpr Hash k_element = 2;

Hash mix(Hash a, Hash b) {
  const Hash mixed = (a ^ (b + 0x9E3779B97F4A7C15ULL + (a << 6))) * 0xBF58476D1CE4E5B9ULL;
  return mixed ^ (mixed >> 31);
}

TypeSet type_of(json::Scalar scalar) {
  switch (scalar) {
    case json::Scalar::string: return k_string;
    case json::Scalar::boolean: return k_boolean;
    case json::Scalar::null: return k_null;
    default: return k_number;
  }
}

class UnlikenessSink : public json::SilentSink {
 public:
  static constexpr bool k_wants_text = true;

  UnlikenessSink(ByteView text, const Shapes& layout) : text_(text), layout_(layout) {}

  [[nodiscard]] std::uint64_t cost() const { return cost_; }

  void on_open(json::Container container, json::Offset offset) {
    const bool is_object = container == json::Container::object;
    look_at_line(offset, levels_.size());
    add_value(is_object ? k_object : k_array);
    Level level;
    level.is_object = is_object;
    if (!levels_.empty()) {
      const Level& holder = levels_.back();
      level.place = mix(holder.place, holder.is_object ? holder.key : k_element);
      level.shape = holder.is_object ? holder.member : layout_.find_element(holder.shape);
    }
    level.keys = keys_.size();
    levels_.push_back(level);
  }

  void on_close(json::Container, json::Offset offset) {
    const Level level = levels_.back();
    levels_.pop_back();
    look_at_line(offset, levels_.size());
    if (level.is_object) {
      judge_object(level);
    } else {
      judge_array(level);
    }
    keys_.resize(level.keys);
    members_.resize(level.keys);
  }

  void on_key(const json::Token& token) {
    Level& level = levels_.back();
    look_at_line(token.offset, levels_.size());
    level.key = std::hash<ByteView>{}(token.text);
    const auto own = keys_.begin() + static_cast<std::ptrdiff_t>(level.keys);
    if (std::find(own, keys_.end(), level.key) != keys_.end()) cost_ += k_repeated_key;
    keys_.push_back(level.key);
    level.member = layout_.find(level.shape, token.text);
    members_.push_back(level.member);
    if (layout_.is_misplaced(level.shape, token.text)) cost_ += k_misplaced_key;
  }

  void on_scalar(json::Scalar type, const json::Token& token) {
    look_at_line(token.offset, levels_.size());
    add_value(type_of(type));
  }

 private:
  struct Level {
    bool is_object = false;
    Hash place = k_root;
    Hash key = 0;  ///< read last
    ShapeId shape = k_root_shape;
    ShapeId member = k_no_shape;
    std::size_t keys = 0;  ///< where those of an object begin in keys_
    std::size_t items = 0;
    TypeSet types = 0;
  };

  void add_value(TypeSet type) {
    if (levels_.empty()) return;
    Level& level = levels_.back();
    ++level.items;
    if (level.is_object) {
      if (level.member != k_no_shape && (layout_.types(level.member) & type) == 0) cost_ += k_misplaced_key;
      TypeSet& seen = types_of_keys_[level.key];
      if (seen == 0 && level.member == k_no_shape) cost_ += k_new_key;
      if (seen != 0 && (seen & type) == 0 && type != k_null && seen != k_null) cost_ += k_other_type;
      seen |= type;
    } else {
      if (level.types != 0 && (level.types & type) == 0) cost_ += k_other_type;
      level.types |= type;
    }
  }

  void judge_object(const Level& level) {
    const std::span<const ShapeId> members = std::span(members_).subspan(level.keys);
    if (!layout_.is_complete(level.shape, members)) cost_ += k_incomplete;
    Hash keys = 0;
    for (std::size_t i = level.keys; i < keys_.size(); ++i) keys = mix(keys, keys_[i]);
    if (!seen_.insert(mix(level.place, keys)).second) return;
    cost_ += k_first_of_its_place;
    if (seen_.insert(keys).second) cost_ += k_new_object;
  }

  void judge_array(const Level& level) {
    TypeSet& seen = types_of_arrays_[level.place];
    if (seen != 0 && level.types != 0 && (seen & level.types) == 0) cost_ += k_other_type;
    seen |= level.types;
    const Hash kind = mix(k_element, level.types);
    if (level.types != 0 && seen_.insert(kind).second) cost_ += k_new_array;
    if (seen_.insert(mix(mix(level.place, k_element), level.items)).second) cost_ += k_other_length;
  }

  /// What stands first on its line is to be indented `depth` times as deep as the first that is indented.
  void look_at_line(json::Offset offset, std::size_t depth) {
    const auto at = static_cast<std::size_t>(offset);
    const std::size_t begin = back_over_blanks(text_, 0, at);
    const std::size_t line = text_.substr(begin, at - begin).rfind('\n');
    if (line == ByteView::npos) return;
    const std::size_t width = at - (begin + line + 1);
    if (indent_ == 0 && depth > 0) indent_ = width / depth;
    if (indent_ > 0 && width != indent_ * depth) cost_ += k_other_indent;
  }

  ByteView text_;
  const Shapes& layout_;
  std::uint64_t cost_ = 0;
  std::size_t indent_ = 0;
  std::vector<Level> levels_;
  std::vector<Hash> keys_;        ///< of all open objects, one behind the other
  std::vector<ShapeId> members_;  ///< the same, as the layout has them
  std::unordered_map<Hash, TypeSet> types_of_keys_;
  std::unordered_map<Hash, TypeSet> types_of_arrays_;
  std::unordered_set<Hash> seen_;
};

}  // namespace

std::optional<std::uint64_t> unlikeness_of(ByteView text, const Shapes& layout) {
  UnlikenessSink sink(text, layout);
  json::Scanner<UnlikenessSink> scanner(sink);
  const char* const end = text.data() + text.size();
  const char* at = scanner.feed(text.data(), end, 0);
  scanner.finish(text.size());
  if (scanner.progress() != json::Progress::complete) return std::nullopt;
  while (at < end && is_blank(*at)) ++at;
  if (at != end) return std::nullopt;
  return sink.cost();
}

}  // namespace session::repair
