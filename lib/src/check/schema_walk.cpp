#include "check/schema_walk.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace session::check {
namespace {

constexpr std::size_t k_pending = 1000;
/// So many keys "0", "1", "2", … from the first on are text that was spread over an object by mistake.
constexpr std::uint64_t k_spread_keys = 8;

TypeSet type_of(json::Scalar scalar) {
  switch (scalar) {
    case json::Scalar::string: return k_string;
    case json::Scalar::integer: return k_integer | k_number;
    case json::Scalar::real: return k_number;
    case json::Scalar::boolean: return k_boolean;
    case json::Scalar::null: return k_null;
  }
  return 0;
}

TypeSet type_of(json::Container container) {
  return container == json::Container::object ? k_object : k_array;
}

}  // namespace

void SchemaWalk::reset(SchemaContext context) {
  context_ = context;
  id_reported_ = false;
  begin_value(nullptr);
}

void SchemaWalk::begin_value(const Schema* schema) {
  active_ = schema != nullptr;
  schema_ = !active_ || schema->empty() ? nullptr : schema;
  opened_ = 0;
  has_content_ = false;
  depth_ = 0;
  unknown_ = 0;
  next_ = schema_ == nullptr ? Schema::k_none : 0;
  numeric_keys_ = keys_ = 0;
  pending_.clear();
}

void SchemaWalk::judge_empty() {
  if (context_.format != Format::json || opened_ != 1 || has_content_) return;
  const bool fields_required = std::any_of(pending_.begin(), pending_.end(), [](const Pending& pending) {
    return pending.finding.kind == Kind::missing_field;
  });
  // A container of the wrong type has been told already.
  if (!fields_required && !pending_.empty()) return;
  pending_.clear();
  const Kind kind = fields_required ? Kind::wrong_shape : Kind::husk;
  const char* const detail = fields_required ? "an empty husk" : "nothing but an empty container";
  pending_.push_back({{kind, root_.offset, 0, root_.position.line, root_.position.column, detail}, false});
}

void SchemaWalk::end_value() {
  judge_empty();
  bool headless = false;
  for (Pending& pending : pending_) {
    Finding& finding = pending.finding;
    const bool no_header =
        pending.of_header && (finding.kind == Kind::missing_field || finding.kind == Kind::bad_value);
    if (no_header) {
      if (std::exchange(headless, true)) continue;
      finding.kind = Kind::headless;
      finding.detail = "the first record is no header: " + finding.detail;
    }
    report_->add(std::move(finding));
  }
  pending_.clear();
}

json::Position SchemaWalk::position_of(Frame& frame) {
  if (!frame.positioned) {
    frame.position = report_->at(frame.offset);
    frame.positioned = true;
  }
  return frame.position;
}

void SchemaWalk::piece_ends() {
  for (std::size_t i = 0; i < depth_; ++i) position_of(frames_[i]);
}

std::string SchemaWalk::pointer_to(int node) const {
  std::string pointer;
  for (std::size_t i = 0; i < depth_; ++i) {
    const int step = i + 1 < depth_ ? frames_[i + 1].node : node;
    if (step == frames_[i].node) continue;
    pointer += '/';
    pointer += frames_[i].object ? schema_->node(step).key : std::to_string(frames_[i].index);
  }
  return pointer;
}

bool SchemaWalk::found(Kind kind, int node, json::Offset offset, json::Position position,
                       json::Offset length) {
  if (pending_.size() == k_pending) return false;
  pending_.push_back({{kind, offset, length, position.line, position.column, pointer_to(node)},
                      schema_->node(node).of_header});
  return true;
}

void SchemaWalk::bad_value(Kind kind, int node, const json::Token& token, Rule rule) {
  if (!found(kind, node, token.offset, report_->at(token.offset), token.length)) return;
  pending_.back().finding.refused = rule == Rule::of_owner && context_.reading == Reading::strict;
}

void SchemaWalk::value_begins() {
  if (depth_ == 0) return;
  Frame& frame = frames_[depth_ - 1];
  if (frame.object) return;
  next_ = schema_->node(frame.node).any_child;
}

bool SchemaWalk::check_type(int node, TypeSet type, json::Offset offset, json::Offset length) {
  const Schema::Node& known = schema_->node(node);
  if (!known.has_rule || (known.rule.types & type) != 0) return true;
  found(node == 0 ? Kind::wrong_shape : Kind::wrong_type, node, offset, report_->at(offset), length);
  return false;
}

void SchemaWalk::on_open(json::Container container, json::Offset offset) {
  if (!active_) return;
  if (opened_++ == 0) root_ = {offset, report_->at(offset)};
  if (schema_ == nullptr) return;
  if (unknown_ == 0) value_begins();
  if (unknown_ != 0 || next_ == Schema::k_none || !check_type(next_, type_of(container), offset, 1)) {
    ++unknown_;
    return;
  }
  if (frames_.size() == depth_) frames_.emplace_back();
  Frame& frame = frames_[depth_++];
  frame.node = next_;
  frame.object = container == json::Container::object;
  frame.seen = 0;
  frame.met.clear();
  frame.index = 0;
  frame.turn = 0;
  frame.offset = offset;
  frame.positioned = false;
  next_ = Schema::k_none;
}

void SchemaWalk::on_close() {
  if (schema_ == nullptr) return;
  if (unknown_ != 0) {
    --unknown_;
  } else {
    Frame& frame = frames_[depth_ - 1];
    if (frame.object) check_missing(frame);
    if (depth_ == 1 && numeric_keys_ >= k_spread_keys) {
      const bool noted = found(Kind::wrong_shape, 0, frame.offset, position_of(frame), 0);
      if (noted) pending_.back().finding.detail = "its keys are 0, 1, 2, …: text spread over an object";
    }
    --depth_;
  }
  if (unknown_ == 0 && depth_ != 0 && !frames_[depth_ - 1].object) ++frames_[depth_ - 1].index;
}

void SchemaWalk::check_missing(const Frame& frame) {
  for (const int child : schema_->node(frame.node).children) {
    const std::uint32_t bit = schema_->node(child).required_bit;
    if (bit == 0 || (frame.seen & bit) != 0) continue;
    found(Kind::missing_field, child, frame.offset, position_of(frames_[depth_ - 1]), 0);
  }
}

void SchemaWalk::watch_numeric_keys(std::string_view key) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, keys_).ptr;
  if (numeric_keys_ == keys_ && key == std::string_view(digits, static_cast<std::size_t>(end - digits))) {
    ++numeric_keys_;
  }
  ++keys_;
}

bool SchemaWalk::on_key(const json::Token& key) {
  has_content_ = true;
  if (schema_ == nullptr || unknown_ != 0) return false;
  Frame& frame = frames_[depth_ - 1];
  const std::string_view text = text_of(key, buffer_);
  if (depth_ == 1 && numeric_keys_ == keys_ && keys_ < k_spread_keys) watch_numeric_keys(text);
  next_ = schema_->child(frame.node, text, frame.turn);
  if (next_ == Schema::k_none) {
    next_ = schema_->node(frame.node).any_child;
    return false;
  }
  frame.seen |= schema_->node(next_).required_bit;
  if (std::find(frame.met.begin(), frame.met.end(), next_) == frame.met.end()) {
    frame.met.push_back(next_);
    return false;
  }
  // The last of several equal keys counts: what was found in the earlier value is void.
  const std::string pointer = pointer_to(next_);
  std::erase_if(pending_, [&pointer](const Pending& pending) {
    const std::string& detail = pending.finding.detail;
    return detail.starts_with(pointer) && (detail.size() == pointer.size() || detail[pointer.size()] == '/');
  });
  return context_.reading == Reading::strict;
}

void SchemaWalk::on_scalar(json::Scalar type, const json::Token& token) {
  has_content_ = true;
  if (schema_ == nullptr || unknown_ != 0) return;
  value_begins();
  const int node = std::exchange(next_, Schema::k_none);
  if (node != Schema::k_none && check_type(node, type_of(type), token.offset, token.length)) {
    check_rule(node, type, token);
  }
  if (depth_ != 0 && !frames_[depth_ - 1].object) ++frames_[depth_ - 1].index;
}

void SchemaWalk::check_rule(int node, json::Scalar type, const json::Token& token) {
  const FieldRule& rule = schema_->node(node).rule;
  if (rule.rule == ValueRule::none || type == json::Scalar::null) return;
  const std::string_view text = type == json::Scalar::string ? text_of(token, buffer_) : token.text;
  switch (rule.rule) {
    case ValueRule::none: return;
    case ValueRule::date_time: return check_time(node, parse_date_time(text), token);
    case ValueRule::rfc3339:
      return check_time(node, is_rfc3339(text) ? parse_date_time(text) : std::nullopt, token);
    case ValueRule::epoch: {
      const std::optional<double> number = type == json::Scalar::string ? std::nullopt : number_of(token);
      return check_time(node, number ? from_epoch(*number) : parse_activity_text(text), token);
    }
    case ValueRule::non_negative:
      if (text.starts_with('-') && number_of(token).value_or(-1) < 0) {
        bad_value(Kind::bad_value, node, token, Rule::ours);
      }
      return;
    case ValueRule::equals:
    case ValueRule::one_of:
      if (std::find(rule.values.begin(), rule.values.end(), text) != rule.values.end()) return;
      return bad_value(Kind::bad_value, node, token, Rule::of_owner);
    case ValueRule::file_stem:
      if (context_.file_stem.empty() || text == context_.file_stem || id_reported_) return;
      id_reported_ = true;
      return bad_value(Kind::id_mismatch, node, token, Rule::ours);
  }
}

void SchemaWalk::check_time(int node, std::optional<TimePoint> time, const json::Token& token) {
  constexpr auto k_earliest = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
  if (!time) {
    bad_value(Kind::bad_time, node, token, Rule::of_owner);
  } else if (*time < k_earliest) {
    bad_value(Kind::bad_time, node, token, Rule::ours);
  } else if (context_.as_of && !is_plausible(*time, *context_.as_of)) {
    bad_value(Kind::future_time, node, token, Rule::ours);
  }
}

}  // namespace session::check
