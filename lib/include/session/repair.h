#pragma once
// Repair planning: from damaged bytes to bytes that its owner loads again. Pure. Never invents: every value
// in the result stood in an input; what does not make it is accounted for, byte by byte.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "session/bytes.h"
#include "session/check.h"

namespace session {

enum class LossBudget : std::uint8_t { none, tail, any };
enum class CutValues : std::uint8_t {
  drop /* a cut string goes */,
  keep_prefix /* its surviving prefix stays */
};

/// A part of the input that the result does not have.
struct DroppedRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  Kind because = Kind::bad_syntax;
};

struct Loss {
  std::uint64_t bytes_dropped = 0;    ///< the sum of the ranges
  std::uint64_t records_dropped = 0;  ///< whole records or messages that went because a part was gone
  std::uint64_t values_dropped = 0;
  std::uint64_t bytes_inserted = 0;  ///< punctuation only: brackets, quotes, commas, newlines
  bool lossless = true;              ///< nothing but NULs, BOM, markers and duplicates was dropped
};

/// Another version of the same session: a finished temporary, a backup, an older copy.
struct Candidate {
  std::string name;
  ByteView bytes;
};

struct RepairOptions {
  const Layout* layout = nullptr;
  std::optional<Format> format;
  std::string_view file_stem = {};
  LossBudget accept_loss = LossBudget::any;
  CutValues cut_values = CutValues::drop;
  bool fix_links = false;
  bool fix_surrogates = false;
  bool rebuild_header = false;
};

enum class RepairStatus : std::uint8_t {
  healthy,       ///< nothing to do
  repaired,      ///< `content` is the result
  unrepairable,  ///< nothing survived that its owner would load: quarantine
  over_budget,   ///< repairable, but only with more loss than accepted
};

struct RepairPlan {
  RepairStatus status = RepairStatus::healthy;
  std::string strategy;  ///< stable name: "cut-tail", "split-glued", "promote-temp", …
  std::string source;    ///< the Candidate's name where the result came from one; else empty
  Bytes content;
  Diagnosis before;
  std::vector<DroppedRange> dropped;  ///< ascending, disjoint; of the primary's bytes
  Loss loss;
};

/// Plans the repair of `bytes`. The result always passes parses_strictly() and a second plan of it
/// is `healthy`.
RepairPlan plan_repair(ByteView bytes, std::span<const Candidate> candidates, const RepairOptions& options);

}  // namespace session
