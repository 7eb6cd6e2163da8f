#include "repair/salvage/whole_reader.h"

#include <algorithm>
#include <span>

#include "repair/salvage/lexing.h"

namespace session::repair {
namespace {

// What the sink stops for is noticed at the end of a piece: short ones first, where damage may be near.
constexpr std::size_t k_first_piece = 1U << 10;
constexpr std::size_t k_longest_piece = 1U << 16;

TypeSet type_of(json::Scalar scalar) {
  switch (scalar) {
    case json::Scalar::string: return k_string;
    case json::Scalar::boolean: return k_boolean;
    case json::Scalar::null: return k_null;
    case json::Scalar::integer:
    case json::Scalar::real: break;
  }
  return k_number;
}

}  // namespace

void WholeSink::begin(const Level* base, std::span<const ShapeId> had, Indent indent) {
  had_ = had;
  indent_ = indent;
  levels_.clear();
  members_.clear();
  values_ = 0;
  stopped_ = false;
  has_base_ = base != nullptr;
  if (has_base_) levels_.push_back(*base);
}

void WholeSink::begin_item(std::size_t at) {
  Level& level = levels_.back();
  level.before = level.item;
  level.item = {at, values_};
  ++level.begun;
}

/// Whether a value of this type is none that its owner takes for the member being read.
bool WholeSink::contradicts_layout(TypeSet type) const {
  if (framing_ == Framing::record) return false;
  const FieldRule* rule = shapes_.rule(levels_.back().key);
  return rule != nullptr && (rule->types & type) == 0;
}

/// Whether a line begins with the key at `at` that is indented as on another level.
bool WholeSink::is_indented_otherwise(std::size_t at) const {
  if (indent_.width == 0) return false;
  const std::size_t wanted = indent_.width * (indent_.depth + levels_.size() - 1);
  if (at > wanted && bytes_[at - wanted - 1] == '\n') return false;
  std::size_t line = at;
  while (line > 0 && (bytes_[line - 1] == ' ' || bytes_[line - 1] == '\t')) --line;
  return line > 0 && bytes_[line - 1] == '\n' && (at - line) % indent_.width == 0;
}

/// Whether the object that begins with `key` looks like the members of a map that its own container is one
/// of, or that was closed before it.
bool WholeSink::seems_elsewhere(ByteView key) const {
  if (levels_.size() < 2) return false;
  const Level& level = levels_.back();
  const Level& holder = levels_[levels_.size() - 2];
  if (level.begun > 0 || holder.open != '{' || shapes_.is_map_of(holder.shape, key)) return false;
  if (shapes_.has_sibling_with(holder.shape, shapes_.key(level.shape))) return false;
  const bool like_holder = shapes_.key(shapes_.first_member(holder.shape)) == key;
  if (like_holder && shapes_.is_map_of(shapes_.parent(holder.shape), key)) return true;
  const ShapeId closed = members_.size() > holder.members ? members_.back() : holder.closed;
  return shapes_.is_map_of(closed, key);
}

void WholeSink::item_done(TypeSet type, std::size_t at) {
  if (levels_.empty()) return;
  Level& level = levels_.back();
  if (level.open != '{') return;
  shapes_.note_value(level.key, type, at);
  members_.push_back(level.key);
}

void WholeSink::on_open(json::Container container, json::Offset offset) {
  if (stopped_) return;
  const auto at = static_cast<std::size_t>(offset);
  Level level;
  level.open = container == json::Container::object ? '{' : '[';
  level.begin = at;
  level.shape = k_root_shape;
  if (!levels_.empty()) {
    const bool in_object = levels_.back().open == '{';
    if (in_object && contradicts_layout(level.open == '{' ? k_object : k_array)) {
      stopped_ = true;
      return;
    }
    if (!in_object) begin_item(at);
    level.shape = in_object ? levels_.back().key : shapes_.element(levels_.back().shape);
  }
  level.members = members_.size();
  levels_.push_back(level);
}

void WholeSink::on_close(json::Container /*container*/, json::Offset offset) {
  if (stopped_) return;
  if (has_base_ && levels_.size() == 1) {
    stopped_ = true;  // how the container ends that was open before is not judged here
    return;
  }
  const Level& level = levels_.back();
  if (level.open == '{') {
    const std::span<const ShapeId> members = std::span(members_).subspan(level.members);
    if (framing_ == Framing::document && !shapes_.is_complete(level.shape, members)) {
      stopped_ = true;
      return;
    }
    shapes_.count_whole(level.shape, static_cast<std::size_t>(offset) - level.begin);
    members_.resize(level.members);
  }
  const TypeSet type = level.open == '{' ? k_object : k_array;
  const std::size_t begin = level.begin;
  levels_.pop_back();
  item_done(type, begin);
}

void WholeSink::on_key(const json::Token& token) {
  if (stopped_) return;
  Level& level = levels_.back();
  const ByteView key =
      bytes_.substr(static_cast<std::size_t>(token.offset) + 1, static_cast<std::size_t>(token.length) - 2);
  const auto at = static_cast<std::size_t>(token.offset);
  if (framing_ == Framing::document &&
      (shapes_.is_misplaced(level.shape, key) || is_indented_otherwise(at) || seems_elsewhere(key))) {
    stopped_ = true;
    return;
  }
  begin_item(at);
  // What no colon follows is the end of a string and the beginning of another.
  const std::size_t behind = skip_blanks(bytes_, at + key.size() + 2, bytes_.size());
  const bool is_key = behind < bytes_.size() && bytes_[behind] == ':';
  level.key = is_key ? shapes_.member(level.shape, key) : k_no_shape;
  const bool is_of_base = has_base_ && levels_.size() == 1;
  if (is_of_base && std::ranges::find(had_, level.key) != had_.end()) stopped_ = true;
}

void WholeSink::on_scalar(json::Scalar type, const json::Token& token) {
  if (stopped_ || levels_.empty()) return;
  if (levels_.back().open == '[') {
    begin_item(static_cast<std::size_t>(token.offset));
  } else if (type == json::Scalar::string && contradicts_layout(k_string)) {
    stopped_ = true;
    return;
  }
  ++values_;
  item_done(type_of(type), static_cast<std::size_t>(token.offset));
}

/// Feeds the scanner from `at` until something is wrong, done or in need of a closer look.
std::size_t WholeReader::read_to(std::size_t at, std::size_t end) {
  const char* const base = bytes_.data();
  utf8_.reset();
  std::size_t length = k_first_piece;
  while (at < end && scanner_.progress() == json::Progress::more && !sink_.is_stopped()) {
    const char* const from = base + at;
    const char* to = base + end;
    if (length < end - at) to = json::utf8_whole_end(from, from + length);
    const char* const valid = utf8_.valid_end(from, to);
    at = static_cast<std::size_t>(scanner_.feed(from, valid, at) - base);
    if (valid != to) break;
    length = std::min(2 * length, k_longest_piece);
  }
  return at;
}

bool WholeReader::is_whole(std::size_t begin, std::size_t end) {
  scanner_.reset();
  sink_.begin(nullptr, {}, {});
  std::size_t at = read_to(begin, end);
  if (scanner_.progress() != json::Progress::complete) return false;
  while (at < end && json::is_blank(bytes_[at])) ++at;
  return at == end;
}

std::size_t WholeReader::read_on(const WholeSink::Level& base, std::span<const ShapeId> had,
                                 WholeSink::Indent indent, std::size_t at, std::size_t end) {
  // The scanner is brought into a container of the same kind, behind its first item.
  const ByteView opening = base.open == '{' ? R"({"":"")" : R"(["")";
  scanner_.reset();
  sink_.stop();
  scanner_.feed(opening.data(), opening.data() + opening.size(), 0);
  sink_.begin(&base, had, indent);
  return read_to(at, end);
}

}  // namespace session::repair
