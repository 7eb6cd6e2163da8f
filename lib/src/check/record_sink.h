#pragma once
// What is judged of a value while it is scanned, beyond its syntax: keys that repeat, numbers and nesting
// beyond common limits, halves of surrogate pairs.

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "check/report.h"
#include "json/scanner.h"

namespace session::check {

class RecordSink : public json::SilentSink {
 public:
  static constexpr bool k_wants_text = true;
  /// Duplicate keys are looked for this deep, among this many keys of an object and of all that are open; a
  /// key longer than json::k_token_limit is taken for new.
  static constexpr std::size_t k_key_depth = 1024;
  static constexpr std::size_t k_keys_of_object = 1U << 16;
  static constexpr std::size_t k_keys_open = 1U << 18;
  static constexpr std::uint64_t k_common_depth = 1024;

  explicit RecordSink(Report& report) : report_(&report) {}
  void reset();

  void on_open(json::Container container, json::Offset offset);
  void on_close(json::Container container, json::Offset offset);
  void on_key(const json::Token& key);
  void on_scalar(json::Scalar type, const json::Token& token);
  void on_lone_surrogate(json::Offset offset) { report_->add(Kind::lone_surrogate, offset, 6); }

 private:
  struct Frame {
    std::uint32_t first_key = 0;
    bool object = false;
    bool indexed = false;  ///< its keys have moved to index_
  };
  [[nodiscard]] bool is_new_key(const json::Token& key);

  Report* report_;
  std::uint64_t depth_ = 0;
  bool too_deep_ = false;
  std::vector<Frame> frames_;
  std::vector<std::uint64_t> keys_;          ///< hashes of the keys of all open objects
  std::unordered_set<std::uint64_t> index_;  ///< those of the innermost large object, with its frame mixed in
};

}  // namespace session::check
