#pragma once
// Repair planning: from damaged bytes to bytes that its owner loads again. Pure. Never invents: every value
// in the result stood in an input; what does not make it is accounted for, byte by byte.

#include <cstdint>
#include <functional>
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
  bool lost = true;  ///< false: NULs, marks, separators, which no reader misses
};

struct Loss {
  std::uint64_t bytes_dropped = 0;    ///< the sum of the ranges
  std::uint64_t records_dropped = 0;  ///< whole records or messages that went because a part was gone
  std::uint64_t values_dropped = 0;   ///< at least: those of what went that could be read, whole or in part
  std::uint64_t bytes_inserted =
      0;                          ///< punctuation, and names that a layout gives to what lost its beginning
  std::uint64_t bytes_taken = 0;  ///< from versions that were merged in
  /// Nothing was dropped that a reader could miss, and nothing had to be found out: no end or beginning is
  /// missing, no bracket was put in or left out.
  bool lossless = true;
};

/// Another version of the same session.
struct Candidate {
  enum class Origin : std::uint8_t {
    temporary,  ///< of a writer that did not get to rename it
    backup,
    given,  ///< by the user: every record it has and the primary lacks is wanted, if it is the same session
  };
  std::string name;
  /// What it holds: asked for when its turn has come, so that of many versions few are in memory at a time,
  /// and perhaps again. Nothing where it cannot be read: then it is none.
  std::function<Bytes()> read;
  Origin origin = Origin::backup;
};

/// Repairs beyond the text, each done only where it is asked for.
struct Fixes {
  bool surrogates = false;  ///< half a surrogate pair in an escape becomes \uFFFD
  /// What `Level::links` finds and its owner stumbles over: results without their call, unanswered calls that
  /// the conversation has passed, parents that are gone, records that stand there twice.
  bool links = false;
  bool header = false;  ///< a lost first record, or lost fields of the top, from what name and content say
  [[nodiscard]] bool any() const { return surrogates || links || header; }
};

/// What became of a version that the user gave.
struct GivenVersion {
  std::string name;
  std::uint64_t records_taken = 0;  ///< records, messages, or fields of the top
  std::string refused;              ///< why it is none of this session; else empty
};

/// A field that was lost and made again.
struct RebuiltField {
  std::string field;   ///< JSON pointer, of the document or of the first record
  std::string value;   ///< its JSON text
  std::string source;  ///< what says so: words of ours
};

/// What Fixes did, by what they did it to.
struct FixCounts {
  std::uint64_t surrogates = 0;
  std::uint64_t results = 0;
  std::uint64_t calls = 0;
  std::uint64_t parents = 0;
  std::uint64_t duplicates = 0;
  friend bool operator==(const FixCounts&, const FixCounts&) = default;
};

struct RepairOptions {
  const Layout* layout = nullptr;
  std::optional<Format> format = {};
  std::string_view file_stem = {};
  LossBudget accept_loss = LossBudget::any;
  CutValues cut_values = CutValues::drop;
  /// Which results take the file's place: every one whose text is whole (Level::syntax), or only those that
  /// their owner would load (Level::layout). Not given: every one, but only what its owner would load of a
  /// document that lost its beginning (nothing tells where the rest lay) or holds nothing that its layout
  /// knows.
  std::optional<Level> level = {};
  /// Of these plan_repair() takes `header` alone; plan_fixes() takes all.
  Fixes fixes = {};
  /// Called with a result once only the second judge has still to accept it, while he is at work: it may be
  /// written to where nobody takes it for one. May be empty, may be called for nothing.
  std::function<void(ByteView result)> meanwhile = {};
  /// The diagnosis of the very bytes that are to be repaired, at the level of the layout, where the caller
  /// has it: plan_repair() does not make it again.
  const Diagnosis* known = nullptr;
};

enum class RepairStatus : std::uint8_t {
  healthy,   ///< nothing to do
  repaired,  ///< `content` is the result
  /// The text is whole, and what is wrong is in its values, which are not repair's to make up; or it is of
  /// another format than it is taken for.
  beyond_text,
  unrepairable,  ///< nothing survived: quarantine
  unloadable,    ///< what survived lacks what its owner requires: `after` says what; it takes no place
  over_budget,   ///< repairable, but only with more loss than accepted
};

struct RepairPlan {
  RepairStatus status = RepairStatus::healthy;
  std::string strategy;  ///< stable name: "close-cut-tail", "split-glued", "promote-temporary", …
  std::string source;  ///< the Candidate's name where the result, or a part of it, came from one; else empty
  Bytes content;       ///< set with `repaired` only
  Diagnosis before;
  Diagnosis after;        ///< of `content`: what remains (missing fields, links)
  bool headless = false;  ///< `content` is a document that lost its beginning
  /// Set with `beyond_text` where the content is of this format, which its name does not say.
  std::optional<Format> other_format;
  std::vector<DroppedRange> dropped;  ///< ascending, disjoint; of the primary's bytes
  Loss loss;
  std::vector<GivenVersion> given;    ///< each Candidate::Origin::given, where the primary was mended
  std::vector<RebuiltField> rebuilt;  ///< never silently: with Fixes::header only
  std::vector<std::string> untold;    ///< fields that are lost, and that nothing tells
  std::vector<std::string> offered;  ///< lost fields that Fixes::header, which was not asked for, makes again
  FixCounts fixed;                   ///< by plan_fixes() only

  /// Of the ranges that are lost; 0 where no sidecar is needed.
  [[nodiscard]] std::uint64_t lost_bytes() const {
    std::uint64_t bytes = 0;
    for (const DroppedRange& range : dropped) bytes += range.lost ? range.length : 0;
    return bytes;
  }
};

/// Whether the text of a file of this diagnosis is damaged, so that plan_repair() looks for a repair of it:
/// it finds none for a transcript whose records are whole and lack their header, or for what is whole as
/// another format than its name says.
bool needs_repair(const Diagnosis& diagnosis);

/// Whether the text that begins and ends so is almost surely damaged: whole documents and records begin and
/// end with a bracket; blanks alone tell nothing. Only a guess, by which work may be begun early.
bool seems_damaged(ByteView begin, ByteView end);

/// Plans the repair of `bytes`. The result always passes parses_strictly(), lacks nothing that its layout
/// requires of a document but what RepairOptions::level allows, and a second plan of it repairs nothing. A
/// text that parses is left alone whatever its values.
RepairPlan plan_repair(ByteView bytes, std::span<const Candidate> candidates, const RepairOptions& options);

/// Plans what `options.fixes` asks for in `bytes` that parse: `healthy`, or `beyond_text` where values are
/// wrong, if there is nothing to do. What goes is accounted for as by plan_repair(), and a second plan of the
/// result does nothing. An identifier put in as a record's parent is another record's; a made field is in
/// `rebuilt`; the one other thing that is put in is U+FFFD.
RepairPlan plan_fixes(ByteView bytes, const RepairOptions& options);

}  // namespace session
