#pragma once
// The walk through a schema while a document or record is scanned: values that break a rule, fields that are
// missing, husks. What no rule speaks of costs a comparison a key.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/report.h"
#include "check/schema.h"
#include "json/scanner.h"
#include "json/text.h"

namespace session::check {

/// What the walk needs to know beside the rules.
struct SchemaContext {
  std::string_view file_stem;
  std::optional<TimePoint> as_of;
  Format format = Format::json;
  Reading reading = Reading::lenient;
};

class SchemaWalk {
 public:
  explicit SchemaWalk(Report& report) : report_(&report) {}
  void reset(SchemaContext context);
  /// The next value is judged by `schema`; nullptr: not judged.
  void begin_value(const Schema* schema);
  /// The value is whole: what was found in it is reported.
  void end_value();
  /// The piece of text at hand goes: positions are taken while they can be.
  void piece_ends();

  void on_open(json::Container container, json::Offset offset);
  void on_close();
  /// Whether the owner of the layout refuses the file for this key: one it knows, for the second time.
  bool on_key(const json::Token& key);
  void on_scalar(json::Scalar type, const json::Token& token);

 private:
  struct Frame {
    int node = Schema::k_none;
    bool object = false;
    std::uint32_t seen = 0;  ///< required children
    std::vector<int> met;    ///< all known children, for repeated keys
    std::uint64_t index = 0;
    json::Offset offset = 0;
    json::Position position;
    bool positioned = false;
    std::uint32_t turn = 0;  ///< the child that is expected next
  };
  struct Pending {
    Finding finding;
    bool of_header;
  };
  void judge_empty();
  void value_begins();
  [[nodiscard]] std::string pointer_to(int node) const;
  /// Whether there was room for it: then it is the last pending one.
  bool found(Kind kind, int node, json::Offset offset, json::Position position, json::Offset length);
  /// Whose rule a value breaks: a strict reader refuses the file for its own, not for ours.
  enum class Rule : std::uint8_t { ours, of_owner };
  void bad_value(Kind kind, int node, const json::Token& token, Rule rule);
  void check_missing(const Frame& frame);
  void check_rule(int node, json::Scalar type, const json::Token& token);
  void check_time(int node, std::optional<TimePoint> time, const json::Token& token);
  bool check_type(int node, TypeSet type, json::Offset offset, json::Offset length);
  void watch_numeric_keys(std::string_view key);
  json::Position position_of(Frame& frame);

  Report* report_;
  SchemaContext context_;
  bool active_ = false;
  const Schema* schema_ = nullptr;
  std::uint64_t opened_ = 0;  ///< containers in this value so far
  bool has_content_ = false;  ///< it has a key or a scalar
  struct {
    json::Offset offset = 0;
    json::Position position;
  } root_;
  std::vector<Frame> frames_;
  std::size_t depth_ = 0;      ///< frames in use
  std::uint64_t unknown_ = 0;  ///< containers open that no rule speaks of
  int next_ = Schema::k_none;  ///< the node of the value that comes
  bool id_reported_ = false;
  std::uint64_t numeric_keys_ = 0;
  std::uint64_t keys_ = 0;
  std::vector<Pending> pending_;
  std::string buffer_;
};

}  // namespace session::check
