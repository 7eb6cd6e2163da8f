#pragma once
// The findings of one input while it is judged: bounded in number, the most severe kept, each with its
// position; and findings on trial, which count only when their record turns out whole.

#include <array>
#include <string_view>
#include <vector>

#include "json/line_index.h"
#include "session/check.h"

namespace session::check {

class Report {
 public:
  void reset(const CheckOptions& options);
  json::LineIndex& lines() { return lines_; }
  [[nodiscard]] json::Position at(std::uint64_t offset) { return lines_.at(offset); }

  void add(Kind kind, std::uint64_t offset, std::uint64_t length, std::string_view detail = {});
  /// The same where the position is known and perhaps no longer in the window of lines().
  void add_at(Kind kind, std::uint64_t offset, json::Position position, std::uint64_t length,
              std::string_view detail = {});
  void add(Finding finding);

  /// What is added from now on is on trial until it is accepted or dropped.
  void begin_trial() { on_trial_ = true; }
  void accept_trial();
  void drop_trial();
  /// Nothing that was found from `offset` on counts.
  void drop_from(std::uint64_t offset);
  /// Nothing that was found so far counts: it followed from something larger.
  void clear();

  [[nodiscard]] bool has_damage() const { return counts_[static_cast<std::size_t>(Severity::error)] != 0; }
  [[nodiscard]] std::uint64_t count(Kind kind) const { return kind_counts_[static_cast<std::size_t>(kind)]; }
  /// Moves the findings, sorted, and the verdict into `diagnosis`.
  void finish(Diagnosis& diagnosis);

 private:
  [[nodiscard]] bool has_room(Severity severity) const;
  void keep(Finding finding);

  json::LineIndex lines_;
  std::size_t max_findings_ = 0;
  std::bitset<k_kind_count> ignored_;
  bool on_trial_ = false;
  std::vector<Finding> findings_;
  std::vector<Finding> trial_;
  std::array<std::uint64_t, 4> counts_{};  ///< found, by severity
  std::array<std::uint64_t, 4> kept_{};    ///< of those, in findings_
  std::array<std::uint64_t, k_kind_count> kind_counts_{};
};

}  // namespace session::check
