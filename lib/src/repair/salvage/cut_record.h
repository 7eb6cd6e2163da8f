#pragma once
// Whether a record that was cut, and closed behind its last whole value, is one that its owner could use, and
// that does not read as what it is not (Layout::cut_records).

#include <string_view>

#include "session/bytes.h"
#include "session/layout.h"

namespace session::repair {

/// Whether the member at `path` (a JSON pointer) may stay although its end is lost: a required field lies in
/// it, or it is an array that is one itself. Anything else would read as if it were whole.
bool may_be_cut(std::string_view path, const Layout& layout);

/// Whether `record`, which parses, has all that is required of its kind.
bool is_usable(ByteView record, const Layout& layout);

}  // namespace session::repair
