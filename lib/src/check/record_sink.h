#pragma once
// What is judged of a value while it is scanned, beyond its syntax: keys that repeat, numbers and nesting
// beyond common limits, halves of surrogate pairs.

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "check/links_walk.h"
#include "check/report.h"
#include "check/schema.h"
#include "check/schema_walk.h"
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
  /// So many keys of an object are looked through, more are indexed.
  static constexpr std::size_t k_few_keys = 24;
  /// Shorter ones fit 64 bits.
  static constexpr json::Offset k_long_integer = 19;

  explicit RecordSink(Report& report) : report_(&report), schema_walk_(report), links_walk_(report) {}
  /// Ready for the next file.
  void reset(const CheckOptions& options);
  /// Whether the layout says what the first record holds.
  [[nodiscard]] bool knows_header() const { return layout_level_ && !layout_->header_fields.empty(); }
  /// Ready for the next document or record; `first` is the file's first.
  void begin_value(bool first);
  /// It is whole.
  void end_value();
  /// There are no more records.
  void finish();
  /// The piece of text at hand goes.
  void piece_ends();
  /// Nothing that comes until the next begin_value() is heard.
  void mute() { muted_ = true; }

  /// The object or array that was closed last.
  struct Closed {
    json::Offset begin = 0;
    json::Offset end = 0;
    json::Position position;
    std::uint64_t signature = 0;  ///< of its first two keys: what records of one writer share
  };
  [[nodiscard]] Closed last_object();

  void on_open(json::Container container, json::Offset offset);
  void on_close(json::Container container, json::Offset offset);
  void on_key(const json::Token& key) {
    if (muted_) return;
    if (layout_level_) return on_key_of_layout(key);
    if (!is_new(key)) report_->add(Kind::duplicate_key, key.offset, key.length);
  }
  [[nodiscard]] bool hears(json::Scalar type, json::Offset length) const {
    return !muted_ && (layout_level_ || may_be_beyond_limits(type, length));
  }
  void on_scalar(json::Scalar type, const json::Token& token) {
    if (layout_level_) schema_walk_.on_scalar(type, token);
    if (links_level_) links_walk_.on_scalar(type, token);
    if (may_be_beyond_limits(type, token.length)) check_number(type, token);
  }
  void on_lone_surrogate(json::Offset offset);

 private:
  static constexpr bool may_be_beyond_limits(json::Scalar type, json::Offset length) {
    return type == json::Scalar::real || (type == json::Scalar::integer && length >= k_long_integer);
  }
  struct Frame {
    std::uint32_t first_key = 0;
    bool object = false;
    bool indexed = false;  ///< its keys have moved to index_
    bool positioned = false;
    std::uint64_t signature = 0;
    json::Offset begin = 0;
    json::Position position;
  };
  void place(Frame& frame);
  void on_key_of_layout(const json::Token& key);
  [[nodiscard]] bool is_new(const json::Token& key);
  [[nodiscard]] bool is_new_among_many(Frame& frame, std::uint64_t hash);
  void check_number(json::Scalar type, const json::Token& number);

  Report* report_;
  SchemaWalk schema_walk_;
  LinksWalk links_walk_;
  const Layout* layout_ = nullptr;  ///< whose rules are compiled
  bool layout_level_ = false;
  bool links_level_ = false;
  Schema schema_;  ///< of the document or of every record
  Schema header_;  ///< of the first record
  std::uint64_t depth_ = 0;
  bool muted_ = false;
  bool too_deep_ = false;
  Frame closed_;
  json::Offset closed_end_ = 0;
  std::vector<Frame> frames_;
  std::vector<std::uint64_t> keys_;          ///< hashes of the keys of all open objects
  std::unordered_set<std::uint64_t> index_;  ///< those of the innermost large object, with its frame mixed in
};

}  // namespace session::check
