#include "check/schema.h"

#include "json/pointer.h"

namespace session::check {

void Schema::compile(const std::vector<FieldRule>& fields, const std::vector<FieldRule>& header) {
  nodes_.clear();
  if (fields.empty() && header.empty()) return;
  nodes_.emplace_back();
  for (const FieldRule& rule : fields) add(rule, false);
  for (const FieldRule& rule : header) add(rule, true);
  // Fields with names need an object to stand in.
  if (!nodes_[0].has_rule && nodes_[0].any_child == k_none) {
    nodes_[0].has_rule = true;
    nodes_[0].rule.types = k_object;
  }
  for (Node& node : nodes_) {
    std::uint32_t bit = 1;
    for (const int child_index : node.children) {
      Node& child_node = nodes_[static_cast<std::size_t>(child_index)];
      if (!child_node.has_rule || child_node.rule.presence != Presence::required || bit == 0) continue;
      child_node.required_bit = bit;
      bit <<= 1;
    }
  }
}

void Schema::add(const FieldRule& rule, bool of_header) {
  int at = 0;
  std::string_view path = rule.path;
  while (!path.empty()) {
    const std::string_view component = json::take_component(path);
    const std::string key = json::key_of(component);
    const bool any = component == "*";
    int next = any ? nodes_[static_cast<std::size_t>(at)].any_child : child(at, key);
    if (next == k_none) {
      next = static_cast<int>(nodes_.size());
      Node& parent = nodes_[static_cast<std::size_t>(at)];
      any ? parent.any_child = next : (parent.children.push_back(next), 0);
      Node fresh;
      fresh.key = key;
      nodes_.push_back(std::move(fresh));
    }
    at = next;
  }
  Node& node = nodes_[static_cast<std::size_t>(at)];
  node.has_rule = true;
  node.of_header = of_header;
  node.rule = rule;
}

int Schema::find(std::string_view path) const {
  int at = 0;
  while (!path.empty() && at != k_none) {
    const std::string_view component = json::take_component(path);
    at = component == "*" ? node(at).any_child : child(at, json::key_of(component));
  }
  return at;
}

int Schema::child(int index, std::string_view key) const {
  std::uint32_t turn = 0;
  return child(index, key, turn);
}

int Schema::child(int index, std::string_view key, std::uint32_t& turn) const {
  const std::vector<int>& children = node(index).children;
  for (std::size_t tried = 0; tried < children.size(); ++tried) {
    if (turn >= children.size()) turn = 0;
    const int child_index = children[turn++];
    if (node(child_index).key == key) return child_index;
  }
  return k_none;
}

}  // namespace session::check
