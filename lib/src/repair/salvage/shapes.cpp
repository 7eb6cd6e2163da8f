#include "repair/salvage/shapes.h"

#include <algorithm>

#include "json/pointer.h"

namespace session::repair {
namespace {

// A map keyed by ids has as many members as entries; beyond this many places nothing more is learned, so that
// memory stays bounded by the shape and not by the size of the document.
constexpr std::size_t k_max_nodes = 16'384;
// So many members of a map tell what the others are.
constexpr int k_told_members = 16;

}  // namespace

Shapes::Shapes() : nodes_(2) {}

Shapes::Shapes(const Layout* layout) : Shapes() {
  if (layout != nullptr) {
    for (const FieldRule& rule : layout->fields) learn(rule);
    learn_references(*layout);
    of_layout_ = static_cast<ShapeId>(nodes_.size());
  }
}

void Shapes::learn(const FieldRule& rule) {
  ShapeId at = k_root_shape;
  ByteView rest = rule.path;
  while (!rest.empty()) {
    const ByteView component = json::take_component(rest);
    at = component == "*" ? element(at) : member(at, component);
    if (component != "*") named_.insert(component);
  }
  nodes_[at].types = rule.types;
  nodes_[at].required = rule.presence == Presence::required;
  if (nodes_[at].required) nodes_[nodes_[at].parent].has_required = true;
  nodes_[at].rule = &rule;
}

void Shapes::learn_references(const Layout& layout) {
  const auto learn_last = [&](std::string_view pointer) {
    ByteView last;
    while (!pointer.empty()) last = json::take_component(pointer);
    references_.insert(last);
  };
  learn_last(layout.id_pointer);
  std::ranges::for_each(layout.activity_pointers, learn_last);
  const LinkRules& links = layout.links;
  references_.insert({links.id_key, links.parent_key});
  references_.insert(links.chain_keys.begin(), links.chain_keys.end());
  for (const auto* const ends : {&links.calls, &links.results}) {
    for (const CallEnd& end : *ends) references_.insert(end.id_key);
  }
  references_.erase(ByteView());
}

ShapeId Shapes::add(ShapeId parent, ByteView key) {
  const auto id = static_cast<ShapeId>(nodes_.size());
  Node node;
  node.parent = parent;
  node.key = key;
  nodes_.push_back(node);
  return id;
}

ShapeId Shapes::member(ShapeId parent, ByteView key) {
  if (parent == k_no_shape) return k_no_shape;
  // Members mostly come in the order of the last object of this shape: one comparison instead of a hash.
  const ShapeId guess = last_found_ != k_no_shape && nodes_[last_found_].parent == parent
                            ? nodes_[last_found_].follower
                            : nodes_[parent].first_member;
  if (guess != k_no_shape && nodes_[guess].key == key) return last_found_ = guess;
  ShapeId found = find(parent, key);
  if (found == k_no_shape) {
    if (nodes_.size() >= k_max_nodes) return k_no_shape;
    found = add(parent, key);
    members_.emplace(Key{parent, key}, found);
    Node& owner = nodes_[parent];
    if (owner.first_member == k_no_shape) {
      owner.first_member = found;
    } else {
      nodes_[owner.last_member].next_sibling = found;
    }
    owner.last_member = found;
  }
  if (last_found_ != k_no_shape && nodes_[last_found_].parent == parent) nodes_[last_found_].follower = found;
  return last_found_ = found;
}

ShapeId Shapes::find(ShapeId parent, ByteView key) const {
  if (parent == k_no_shape) return k_no_shape;
  const auto found = members_.find(Key{parent, key});
  return found == members_.end() ? k_no_shape : found->second;
}

bool Shapes::is_only(ShapeId member) const {
  const auto same =
      std::ranges::count_if(nodes_, [&](const Node& node) { return node.key == nodes_[member].key; });
  return same == 1;
}

bool Shapes::has_sibling_with(ShapeId shape, ByteView key) const {
  ShapeId sibling = nodes_[nodes_[shape].parent].first_member;
  for (int i = 0; i < k_told_members && sibling != k_no_shape; ++i, sibling = nodes_[sibling].next_sibling) {
    if (sibling != shape && find(sibling, key) != k_no_shape) return true;
  }
  return false;
}

bool Shapes::is_map_of(ShapeId shape, ByteView key) const {
  std::uint32_t alike = 0;
  ShapeId member = nodes_[shape].first_member;
  for (int i = 0; i < k_told_members && member != k_no_shape; ++i, member = nodes_[member].next_sibling) {
    const ShapeId first = nodes_[member].first_member;
    if (first != k_no_shape && nodes_[first].key == key && ++alike == k_enough_siblings) return true;
  }
  return false;
}

ShapeId Shapes::element(ShapeId parent) {
  if (parent == k_no_shape) return k_no_shape;
  if (nodes_[parent].element == k_no_shape && nodes_.size() < k_max_nodes) {
    const ShapeId made = add(parent, {});
    nodes_[parent].element = made;
  }
  return nodes_[parent].element;
}

void Shapes::count_whole(ShapeId shape, std::uint64_t bytes) {
  if (shape == k_no_shape) return;
  ++nodes_[shape].instances;
  nodes_[shape].instance_bytes += bytes;
}

bool Shapes::is_complete(ShapeId shape, std::span<const ShapeId> members) const {
  if (shape == k_no_shape || !nodes_[shape].has_required) return true;
  for (ShapeId id = nodes_[shape].first_member; id != k_no_shape; id = nodes_[id].next_sibling) {
    if (nodes_[id].required && std::find(members.begin(), members.end(), id) == members.end()) return false;
  }
  return true;
}

}  // namespace session::repair
