#pragma once
// The links between records: ids, parents, ordinals, tool calls and their results. Of an id only a hash is
// kept, of at most k_linked records.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "check/report.h"
#include "check/schema.h"
#include "json/text.h"

namespace session::check {

class LinksWalk {
 public:
  static constexpr std::size_t k_linked = std::size_t{1} << 18;

  explicit LinksWalk(Report& report) : report_(&report) {}
  void compile(const LinkRules& rules);
  /// Ready for the next file.
  void reset();
  void begin_value();
  /// The record or document is whole: what it links counts.
  void end_value();
  /// All records have come: links that lead nowhere are reported.
  void finish();

  void on_open(json::Container container, json::Offset offset);
  void on_close();
  void on_key(const json::Token& key);
  void on_scalar(json::Scalar type, const json::Token& token);

 private:
  enum class Role : std::uint8_t { id, parent, ordinal, call, result };
  struct Place {
    json::Offset offset = 0;
    json::Offset length = 0;
    json::Position position;
  };
  struct Link {
    Role role = Role::id;
    std::uint64_t hash = 0;  ///< of an ordinal: its value
    Place place;
  };
  struct End {
    Role role = Role::call;
    int marker_node = Schema::k_none;
    int id_node = Schema::k_none;
    std::string marker;
  };
  struct Frame {
    int node = Schema::k_none;
    bool object = false;
    std::uint32_t marked = 0;  ///< ends whose marker was met
    std::vector<std::pair<std::size_t, Link>> ids;
  };
  struct Record {
    std::uint64_t parent = 0;
    bool has_parent = false;
    std::uint32_t walk = 0;  ///< the walk to the root that came by
  };

  [[nodiscard]] int step_in() const;
  void report(Kind kind, const Place& place);
  void take_record(const std::optional<Link>& id, const std::optional<Link>& parent);
  void take_ordinal(const std::optional<Link>& ordinal);
  void take_call(const Link& link);
  bool leads_in_a_circle(std::uint64_t id, std::uint32_t walk);

  Report* report_;
  LinkRules rules_;
  Schema tree_;
  std::vector<End> ends_;
  int id_node_ = Schema::k_none;
  int parent_node_ = Schema::k_none;
  int ordinal_node_ = Schema::k_none;

  std::vector<Frame> frames_;
  std::size_t depth_ = 0;
  std::uint64_t unknown_ = 0;
  int next_ = Schema::k_none;
  Place record_;             ///< where the value being read begins
  std::vector<Link> links_;  ///< of the value being read
  std::string buffer_;

  std::unordered_map<std::uint64_t, Record> records_;
  struct Edge {
    std::uint64_t id = 0;
    std::uint64_t parent = 0;
    Place place;
  };
  std::vector<Edge> forward_;  ///< to parents that had not come yet
  std::unordered_map<std::uint64_t, Place> open_calls_;
  std::unordered_set<std::uint64_t> answered_;
  std::optional<std::uint64_t> ordinal_;
};

}  // namespace session::check
