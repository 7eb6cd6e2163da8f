#pragma once
// A layout's field rules, compiled to a tree of keys: what is known of a value is found by the keys that lead
// to it. Not how a document is walked through (schema_walk.h).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "session/layout.h"

namespace session::check {

class Schema {
 public:
  static constexpr int k_none = -1;
  struct Node {
    std::string key;  ///< "*" stands for every element or member
    std::vector<int> children;
    int any_child = k_none;
    bool has_rule = false;
    bool of_header = false;  ///< the rule is the header's own
    FieldRule rule;
    std::uint32_t required_bit = 0;  ///< among its siblings; 0 if not required
  };

  /// `header` may be empty; its rules stand over those of `fields` with the same path.
  void compile(const std::vector<FieldRule>& fields, const std::vector<FieldRule>& header);
  [[nodiscard]] bool empty() const { return nodes_.empty(); }
  [[nodiscard]] const Node& node(int index) const { return nodes_[static_cast<std::size_t>(index)]; }
  [[nodiscard]] int child(int index, std::string_view key) const;
  /// The same where keys mostly come in the order of the last object: `turn` is where the next is expected,
  /// and is moved on.
  [[nodiscard]] int child(int index, std::string_view key, std::uint32_t& turn) const;
  /// The node of a path that was compiled.
  [[nodiscard]] int find(std::string_view path) const;

 private:
  void add(const FieldRule& rule, bool of_header);
  std::vector<Node> nodes_;  ///< the first is the root
};

}  // namespace session::check
