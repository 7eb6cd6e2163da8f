#pragma once
// Damage done to documents, by family, with the origin of every byte that survives it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quality/documents.h"

namespace quality {

inline constexpr std::int64_t k_foreign = -1;

/// A damaged text. `origin[i]` is where byte i stood in `truth`, or k_foreign.
struct Damaged {
  std::string text;
  std::vector<std::int64_t> origin;
};

struct Family {
  std::string_view name;
  bool for_json;
  bool for_json_lines;
  /// Number `step` of `steps` places all over the document; an empty text where there is no such damage.
  Damaged (*apply)(const Document& document, std::size_t step, std::size_t steps);
  bool ends_early = false;  ///< a plain cut: what its owner needs of the cut record is there, or is not
};

const std::vector<Family>& families();

}  // namespace quality
