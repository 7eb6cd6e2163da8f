#pragma once
// Two writers that took turns: the halves of two records alternate, and each beginning reads on in the end of
// the other one too.

#include "session/bytes.h"

namespace session::repair {

/// Whether `record`, which stands between the beginning of another one and the `rest` of one, may itself be
/// the beginning of one and the end of another: parted somewhere, it and those two make two whole records.
bool are_alternating(ByteView beginning, ByteView record, ByteView rest);

}  // namespace session::repair
