#pragma once
// Merging: what another version of a session has, and this one lost.

#include <string>

#include "repair/text_edits.h"
#include "session/layout.h"

namespace session::repair {

struct Merged {
  std::string refused;              ///< why the two are no versions of one session; empty: they are
  Bytes content;                    ///< set if anything was taken
  std::uint64_t records_taken = 0;  ///< records, messages, or members of the top
};

/// `ours` with every record of `theirs` that it lacks: by their ids where they have them, else byte for byte;
/// of documents the messages, and the members of the top that are missing. Each stands behind the one that it
/// stood behind in `theirs`; of two that differ under one id ours stays. Both texts parse. They are versions
/// of one session if they have a record in common, or their ids agree.
Merged merge_version(ByteView ours, ByteView theirs, Format format, const Layout* layout);

}  // namespace session::repair
