#pragma once
// Where a document was cut and a later version of it, or another record of its kind, was written behind the
// cut: found by what stands whole at the end, where grammar alone would take it for a value of the first.

#include <optional>
#include <vector>

#include "repair/salvage/document.h"

namespace session::repair {

/// How often the bytes of a file may be looked at for documents that begin in it.
inline constexpr std::size_t k_read_again_factor = 4;

/// Where in the document that begins at `begin` another version of it begins, whole or cut itself, which
/// reaches to `end` (but for blanks and NULs). It begins as the first one does: with the same items or bytes,
/// as far as both go, or where it is whole and an object with every key that stands in the first one's root
/// before it. What stands where a value may stand, the first one in its member, may only look like the
/// document. nullopt where there is none. `read_again` counts the bytes looked at, in all documents of a
/// file: beyond k_read_again_factor times the file nothing is looked for any more.
std::optional<std::size_t> find_restart(ByteView bytes, std::size_t begin, std::size_t end,
                                        const SalvageOptions& options, std::size_t& read_again);

/// The keys of the root that begins at `begin`, as far as they stand before `end`, as written, quotes
/// included.
std::vector<ByteView> root_keys(ByteView bytes, std::size_t begin, std::size_t end);
/// The same without the quotes.
std::vector<ByteView> keys_of(ByteView bytes, std::size_t begin, std::size_t end);

}  // namespace session::repair
