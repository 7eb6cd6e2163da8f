#pragma once
// Reads the values that a layout's pointers name while a document or record is scanned. Everything else costs
// a comparison.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/text.h"
#include "session/facts.h"

namespace session::check {

class FactsSink : public json::SilentSink {
 public:
  static constexpr bool k_wants_text = true;

  explicit FactsSink(const Layout& layout);

  void begin_value();
  void on_open(json::Container container, json::Offset);
  void on_close(json::Container, json::Offset);
  void on_key(const json::Token& key);
  void on_scalar(json::Scalar type, const json::Token& token);

  /// Takes what the value just scanned has said into `facts`.
  void take_document(Facts& facts) const;
  void take_record(Facts& facts) const;

 private:
  enum class Role : std::uint8_t { none, activity, ttl, id, pinned };
  struct Node {
    std::string key;
    std::vector<int> children;
    Role role = Role::none;
    int rank = 0;  ///< of an activity pointer
  };
  /// What was found at a node in this value.
  struct Value {
    bool present = false;
    std::optional<TimePoint> time;
    std::optional<double> number;
    std::optional<std::string> text;
    bool is_true = false;
  };
  static constexpr int k_nowhere = -1;

  void add_pointer(std::string_view pointer, Role role, int rank);
  void forget(int node);
  void take_common(Facts& facts) const;

  std::vector<Node> nodes_;
  std::vector<Value> values_;  ///< one a node
  std::vector<int> path_;      ///< the node of each open container that is one
  int here_ = k_nowhere;       ///< the node of the value that comes next
  std::uint64_t depth_ = 0;
  std::uint64_t members_ = 0;  ///< of the outermost container
  bool container_ = false;
  std::string buffer_;
};

}  // namespace session::check
