#include "check/facts_sink.h"

#include <algorithm>

#include "json/pointer.h"

namespace session::check {

FactsSink::FactsSink(const Layout& layout) : nodes_(1) {
  for (std::size_t i = 0; i < layout.activity_pointers.size(); ++i) {
    const std::string& pointer = layout.activity_pointers[i];
    add_pointer(pointer, Role::activity, static_cast<int>(i));
    // A record may change the metadata by naming what changes under `$set`.
    if (layout.format == Format::json_lines)
      add_pointer("/$set" + pointer, Role::activity, static_cast<int>(i));
  }
  if (!layout.ttl_pointer.empty()) add_pointer(layout.ttl_pointer, Role::ttl, 0);
  if (!layout.id_pointer.empty()) add_pointer(layout.id_pointer, Role::id, 0);
  add_pointer("/pinned", Role::pinned, 0);
  values_.resize(nodes_.size());
  begin_value();
}

void FactsSink::add_pointer(std::string_view pointer, Role role, int rank) {
  int at = 0;
  while (!pointer.empty()) {
    const std::string key = json::key_of(json::take_component(pointer));
    const auto& children = nodes_[static_cast<std::size_t>(at)].children;
    const auto known = std::find_if(children.begin(), children.end(), [&](int child) {
      return nodes_[static_cast<std::size_t>(child)].key == key;
    });
    if (known != children.end()) {
      at = *known;
      continue;
    }
    const int fresh = static_cast<int>(nodes_.size());
    nodes_[static_cast<std::size_t>(at)].children.push_back(fresh);
    nodes_.push_back({key, {}, Role::none, 0});
    at = fresh;
  }
  Node& node = nodes_[static_cast<std::size_t>(at)];
  if (node.role == Role::none) {
    node.role = role;
    node.rank = rank;
  }
}

void FactsSink::begin_value() {
  std::fill(values_.begin(), values_.end(), Value{});
  path_.clear();
  here_ = 0;
  depth_ = members_ = 0;
  container_ = false;
}

void FactsSink::forget(int node) {
  values_[static_cast<std::size_t>(node)] = {};
  for (const int child : nodes_[static_cast<std::size_t>(node)].children) forget(child);
}

void FactsSink::on_open(json::Container container, json::Offset) {
  if (depth_ == 1) ++members_;
  if (depth_ == 0) container_ = true;
  // Once a container on the way is no node, nothing below it is.
  const bool followed = path_.size() == depth_ && here_ != k_nowhere && container == json::Container::object;
  if (followed) {
    values_[static_cast<std::size_t>(here_)].present = true;
    path_.push_back(here_);
  }
  ++depth_;
  here_ = k_nowhere;
}

void FactsSink::on_close(json::Container, json::Offset) {
  if (path_.size() == depth_) path_.pop_back();
  --depth_;
  here_ = k_nowhere;
}

void FactsSink::on_key(const json::Token& key) {
  here_ = k_nowhere;
  if (path_.size() != depth_) return;
  const std::string_view text = text_of(key, buffer_);
  for (const int child : nodes_[static_cast<std::size_t>(path_.back())].children) {
    if (nodes_[static_cast<std::size_t>(child)].key != text) continue;
    forget(child);
    values_[static_cast<std::size_t>(child)].present = true;
    here_ = child;
    return;
  }
}

void FactsSink::on_scalar(json::Scalar type, const json::Token& token) {
  if (depth_ == 1) ++members_;
  if (here_ == k_nowhere || depth_ == 0) return;
  Value& value = values_[static_cast<std::size_t>(here_)];
  switch (type) {
    case json::Scalar::string:
      if (token.whole(type)) value.text = text_of(token);
      if (value.text) value.time = parse_activity_text(*value.text);
      break;
    case json::Scalar::integer:
    case json::Scalar::real:
      value.number = number_of(token);
      if (value.number) value.time = from_epoch(*value.number);
      break;
    case json::Scalar::boolean: value.is_true = token.text == "true"; break;
    case json::Scalar::null: break;
  }
  here_ = k_nowhere;
}

void FactsSink::take_common(Facts& facts) const {
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    const Value& value = values_[i];
    if (!value.present) continue;
    constexpr double k_longest = 1e15;  // ms: 30,000 years
    switch (nodes_[i].role) {
      case Role::ttl:
        facts.own_ttl.reset();
        if (value.number && *value.number >= 0 && *value.number <= k_longest) {
          facts.own_ttl = milliseconds(static_cast<std::int64_t>(*value.number));
        }
        break;
      case Role::id:
        if (value.text && facts.id.empty()) facts.id = *value.text;
        break;
      case Role::pinned: facts.pinned = value.is_true; break;
      case Role::activity:
      case Role::none: break;
    }
  }
}

void FactsSink::take_document(Facts& facts) const {
  take_common(facts);
  facts.empty_container = container_ && members_ == 0;
  int best = -1;
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    if (nodes_[i].role != Role::activity || !values_[i].present) continue;
    if (best != -1 && nodes_[static_cast<std::size_t>(best)].rank <= nodes_[i].rank) continue;
    best = static_cast<int>(i);
  }
  if (best == -1) return;
  facts.has_activity_field = true;
  facts.activity = values_[static_cast<std::size_t>(best)].time;
}

void FactsSink::take_record(Facts& facts) const {
  take_common(facts);
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    if (nodes_[i].role != Role::activity || !values_[i].present) continue;
    facts.has_activity_field = true;
    if (values_[i].time && (!facts.activity || *values_[i].time > *facts.activity))
      facts.activity = values_[i].time;
  }
}

}  // namespace session::check
