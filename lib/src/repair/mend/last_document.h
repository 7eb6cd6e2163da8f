#pragma once
// A document behind what is none: a stray byte, a line of a log, the end of another document.

#include <optional>

#include "repair/salvage/document.h"

namespace session::repair {

/// Where behind `begin`, at which no document begins, one begins that reaches to `end`, whole or with nothing
/// but its end missing (NULs and blanks may follow it): an object with a member or an array of containers.
/// Not where a value may stand, which would be a part of what is before it; behind brackets that are no JSON
/// only at the beginning of a line. nullopt where there is none. `read_again` counts the bytes looked at, in
/// all documents of a file: beyond k_read_again_factor times the file nothing is looked for any more.
std::optional<std::size_t> find_last_document(ByteView bytes, std::size_t begin, std::size_t end,
                                              std::size_t& read_again);

}  // namespace session::repair
