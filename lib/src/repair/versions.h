#pragma once
// Versions: whether another file holds the same session, and whether it is the newer one.

#include <span>

#include "repair/mend/mend.h"

namespace session::repair {

struct Choice {
  const Candidate* candidate = nullptr;  ///< to be taken whole instead of what was mended
  Bytes content;                         ///< of it
};

/// The candidate that replaces the damaged primary: whole, of the same session, and newer than what could be
/// mended; or the newest whole one where nothing could be. What was mended is let go of where it is not
/// wanted any more: no more than the best so far and the one that is judged are in memory.
Choice choose_candidate(Mended& mended, std::span<const Candidate> candidates, Format format,
                        const RepairOptions& options);

}  // namespace session::repair
