#pragma once
// Where a document was cut and a later version of it, or another record of its kind, was written behind the
// cut: found by what stands whole at the end, where grammar alone would take it for a value of the first.

#include <optional>
#include <vector>

#include "repair/salvage.h"

namespace session::repair {

/// Where in the document that begins at `begin` another one begins that is whole, reaches to `end` (but for
/// blanks and NULs), begins with the same key, and has every key that stands in the first one's root before
/// it. nullopt where there is none. `read_again` counts the bytes looked at, in all documents of a file:
/// beyond four times the file nothing is looked for any more.
std::optional<std::size_t> find_restart(ByteView bytes, std::size_t begin, std::size_t end,
                                        const SalvageOptions& options, std::size_t& read_again);

/// The keys of the root that begins at `begin`, as far as they stand before `end`, as written, quotes
/// included.
std::vector<ByteView> root_keys(ByteView bytes, std::size_t begin, std::size_t end);

}  // namespace session::repair
