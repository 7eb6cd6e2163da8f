#pragma once
// Mending: one damaged text made whole, from its encoding to its records.

#include "repair/mend/salvage_text.h"
#include "session/layout.h"
#include "session/repair.h"

namespace session::repair {

struct Mended {
  bool has_content = false;
  std::string_view strategy;
  Bytes content;
  std::vector<DroppedRange> dropped;  ///< of the input
  std::uint64_t records_dropped = 0;
  std::uint64_t values_dropped = 0;
  std::uint64_t bytes_inserted = 0;
  bool part_missing = false;  ///< as in Salvaged, or brackets were put in or left out: never lossless
  bool headless = false;      ///< as in Salvaged
};

Mended mend(ByteView bytes, Format format, const Layout* layout, const SalvageOptions& options);

}  // namespace session::repair
