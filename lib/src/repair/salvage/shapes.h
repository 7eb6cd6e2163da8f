#pragma once
// Shapes: what the containers of a document look like, learned from its undamaged parts and told by its
// layout. Salvage asks it which container a key belongs to and whether an object is complete.

#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "session/bytes.h"
#include "session/layout.h"

namespace session::repair {

/// A place in a document, array indexes left out: "/messages/*/role". 0 is "not known".
using ShapeId = std::uint32_t;
inline constexpr ShapeId k_no_shape = 0;
inline constexpr ShapeId k_root_shape = 1;

/// What all of fewer have in common may be chance.
inline constexpr std::uint32_t k_enough_siblings = 3;

class Shapes {
 public:
  Shapes();
  /// Learns the fields of `layout`. The layout must outlive this.
  explicit Shapes(const Layout* layout);

  /// The place of member `key` (its bytes as written, which must outlive this) in `parent`, made if new.
  ShapeId member(ShapeId parent, ByteView key);
  /// The same, k_no_shape where no such member was seen.
  [[nodiscard]] ShapeId find(ShapeId parent, ByteView key) const;
  /// The place of the elements of the array `parent`, made if new.
  ShapeId element(ShapeId parent);
  [[nodiscard]] ShapeId find_element(ShapeId parent) const { return nodes_[parent].element; }
  [[nodiscard]] ShapeId parent(ShapeId shape) const { return nodes_[shape].parent; }
  [[nodiscard]] ByteView key(ShapeId shape) const { return nodes_[shape].key; }
  [[nodiscard]] bool is_element(ShapeId shape) const {
    return shape != k_no_shape && nodes_[nodes_[shape].parent].element == shape;
  }
  /// Whether what it holds under `*` may be members of an object, each under a name of its own.
  [[nodiscard]] bool may_be_map(ShapeId shape) const {
    return nodes_[shape].rule != nullptr && (nodes_[shape].types & k_object) != 0;
  }
  /// How many undamaged objects of this shape were seen.
  [[nodiscard]] std::uint32_t instances(ShapeId shape) const { return nodes_[shape].instances; }
  /// The bytes of those together.
  [[nodiscard]] std::uint64_t instance_bytes(ShapeId shape) const { return nodes_[shape].instance_bytes; }
  /// Whether no other object has a member of its key.
  [[nodiscard]] bool is_only(ShapeId member) const;
  /// The first member that objects of this shape have.
  [[nodiscard]] ShapeId first_member(ShapeId shape) const { return nodes_[shape].first_member; }
  /// The member that its holder got after it.
  [[nodiscard]] ShapeId next_member(ShapeId shape) const { return nodes_[shape].next_sibling; }
  /// The member that came behind this one when it was last read.
  [[nodiscard]] ShapeId follower(ShapeId shape) const { return nodes_[shape].follower; }
  /// Whether a layout names this place.
  [[nodiscard]] bool is_of_layout(ShapeId shape) const { return shape < of_layout_; }
  /// Which types of value the layout allows there; k_any where it says nothing.
  [[nodiscard]] TypeSet types(ShapeId shape) const { return nodes_[shape].types; }
  [[nodiscard]] const FieldRule* rule(ShapeId shape) const { return nodes_[shape].rule; }
  /// Whether the object is a map: its members have names of their own, and are objects that begin with `key`.
  [[nodiscard]] bool is_map_of(ShapeId shape, ByteView key) const;
  /// Whether one of the objects that stand beside it in theirs, as the entries of a map do, has a member
  /// `key`.
  [[nodiscard]] bool has_sibling_with(ShapeId shape, ByteView key) const;
  /// Whether the layout finds ids, links or times under a key like this one's.
  [[nodiscard]] bool is_reference(ShapeId member) const { return references_.contains(nodes_[member].key); }
  /// Whether the layout names members of this object.
  [[nodiscard]] bool is_described(ShapeId shape) const {
    return nodes_[nodes_[shape].first_member].rule != nullptr;
  }
  /// Whether the layout names a member `key` anywhere.
  [[nodiscard]] bool is_named(ByteView key) const { return named_.count(key) > 0; }
  /// Whether the layout has `key` in another object than `shape`, whose members it names too.
  [[nodiscard]] bool is_misplaced(ShapeId shape, ByteView key) const {
    return is_described(shape) && is_named(key) && find(shape, key) == k_no_shape;
  }
  /// Ids are below this; those that a layout names come first.
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  /// Of which types the values that stand there are, as far as they were read; 0 where none was.
  [[nodiscard]] TypeSet seen(ShapeId shape) const { return nodes_[shape].seen; }
  /// The same; 0 too where the first of them is the one at `at`, which may have been read more than once.
  [[nodiscard]] TypeSet seen_before(ShapeId shape, std::size_t at) const {
    return nodes_[shape].first_value < at ? nodes_[shape].seen : 0;
  }
  void note_value(ShapeId shape, TypeSet type, std::size_t at) {
    if (nodes_[shape].seen == 0) nodes_[shape].first_value = at;
    nodes_[shape].seen |= type;
  }

  /// Counts an undamaged object.
  void count_whole(ShapeId shape, std::uint64_t bytes);
  /// Whether an object of this shape with these members has all that its layout requires.
  [[nodiscard]] bool is_complete(ShapeId shape, std::span<const ShapeId> members) const;

 private:
  struct Node {
    ShapeId parent = k_no_shape;
    ShapeId element = k_no_shape;
    ShapeId first_member = k_no_shape;
    ShapeId last_member = k_no_shape;
    ShapeId next_sibling = k_no_shape;
    ShapeId follower = k_no_shape;  ///< the member that came after this one last time
    std::uint32_t instances = 0;
    std::uint64_t instance_bytes = 0;
    std::size_t first_value = 0;  ///< where the first value stands that was seen there
    TypeSet types = k_any;
    TypeSet seen = 0;
    bool required = false;
    bool has_required = false;  ///< a member of it is
    const FieldRule* rule = nullptr;
    ByteView key;
  };
  struct Key {
    ShapeId parent;
    ByteView key;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<ByteView>{}(key.key) ^ (key.parent * 0x9E3779B97F4A7C15ULL);
    }
  };

  ShapeId add(ShapeId parent, ByteView key);
  void learn(const FieldRule& rule);
  void learn_references(const Layout& layout);

  std::vector<Node> nodes_;
  std::unordered_map<Key, ShapeId, KeyHash> members_;
  std::unordered_set<ByteView> named_;
  std::unordered_set<ByteView> references_;
  ShapeId last_found_ = k_no_shape;
  ShapeId of_layout_ = 2;  ///< those below are places of the layout
};

}  // namespace session::repair
