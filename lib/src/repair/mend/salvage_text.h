#pragma once
// Salvage of a whole file: which of the documents in it is the session, which of its lines are records.

#include <string_view>

#include "repair/salvage/document.h"

namespace session::repair {

// Strategies by which more than their name is told.
inline constexpr std::string_view k_close_cut_tail = "close-cut-tail";
inline constexpr std::string_view k_cut_trailing = "cut-trailing-bytes";
inline constexpr std::string_view k_drop_doubled = "drop-doubled";
inline constexpr std::string_view k_newest_version = "newest-version";
inline constexpr std::string_view k_salvage = "salvage";
inline constexpr std::string_view k_strip_nuls = "strip-nuls";

struct Salvaged {
  bool has_content = false;
  std::string_view strategy;  ///< the stable name of what was done most
  std::uint64_t records_dropped = 0;
  std::uint64_t values_dropped = 0;
  /// Of what was kept the beginning or the end is not there: nobody knows what it was.
  bool part_missing = false;
  bool headless = false;  ///< a document whose beginning was lost
  Pieces pieces;
};

/// Of one document, or of several where one belongs: the last complete version of the session.
Salvaged salvage_json(ByteView bytes, Shapes& shapes, const SalvageOptions& options);

/// Of records, one a line: every whole one, and what the damaged lines still hold.
Salvaged salvage_json_lines(ByteView bytes, Shapes& shapes, const SalvageOptions& options);

}  // namespace session::repair
