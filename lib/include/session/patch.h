#pragma once
// JSON Merge Patch (RFC 7396) on text. Pure.

#include "session/bytes.h"
#include "session/error.h"

namespace session {

/// Patches nest at most this deep.
inline constexpr unsigned k_max_patch_depth = 512;

/// What the document `target` is after `patch`: members that the patch gives are replaced or added, members
/// it gives as null are removed, objects are patched member by member, everything else replaces what is
/// there. Every value that the patch does not name keeps its bytes and its place; values that come from the
/// patch keep theirs; added members stand last, spaced like the member before. Of a duplicate key in `target`
/// the last is replaced, all are removed; in `patch` the last counts. invalid_content (subject "patch" or
/// "session") where either is not valid JSON; too_large for a patch that nests too deep.
Result<Bytes> merge_patch(ByteView target, ByteView patch);

}  // namespace session
