#pragma once
// What retention and recovery need to know of a session's content, read in one bounded pass: its
// activity time, id, own TTL, and whether it is pinned. A fact counts only as a top-level key of a
// fully parsed document (the last duplicate wins) or record; text in nested values never counts.

#include <memory>
#include <optional>
#include <string>

#include "session/bytes.h"
#include "session/check.h"
#include "session/layout.h"
#include "session/time.h"

namespace session {

struct Facts {
  bool parses = false;  ///< the whole input is valid, at syntax level, and of the layout's format
  std::optional<TimePoint> activity;  ///< as recorded; plausibility is the reader's to judge
  bool has_activity_field = false;    ///< a field was there, readable or not
  std::optional<milliseconds> own_ttl;
  std::string id;       ///< by the layout's id_pointer; empty if absent
  bool pinned = false;  ///< top-level "pinned": true
  std::uint64_t records = 0;
  bool empty_container = false;  ///< the document is {} or []
};

/// As Checker: any size, bounded memory.
class FactsReader {
 public:
  explicit FactsReader(const Layout& layout);
  FactsReader(FactsReader&&) noexcept;
  FactsReader& operator=(FactsReader&&) noexcept;
  ~FactsReader();
  void feed(ByteView chunk);
  /// The activity time in what was fed so far, before finish(): of JSON Lines the greatest of the whole
  /// records, of a document what its top level has said up to now, which a later duplicate may yet change. A
  /// reason to keep a session without reading on, never one to remove it.
  [[nodiscard]] std::optional<TimePoint> activity_so_far() const;
  Facts finish();
  /// For other input of the same layout.
  void reset();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

Facts read_facts(ByteView bytes, const Layout& layout);

}  // namespace session
