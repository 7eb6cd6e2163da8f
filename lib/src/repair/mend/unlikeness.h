#pragma once
// How unlike itself a document is: what tells the right reading of a broken text from others that are valid
// too. Sessions repeat themselves: objects have the keys of others, arrays hold one sort of value, rows are
// of one length, lines are indented as deep as they lie. A bracket in the wrong place breaks all of that.

#include <cstdint>
#include <optional>

#include "repair/salvage/shapes.h"
#include "session/bytes.h"

namespace session::repair {

/// The greater, the less its parts are like each other and like what `layout` says (which `layout` was taught
/// and no document). nullopt where `text` is not one whole document.
std::optional<std::uint64_t> unlikeness_of(ByteView text, const Shapes& layout);

}  // namespace session::repair
