#pragma once
// Limits the system sets for the process.

namespace session::cli {

/// Raises the number of files that may be open at once as far as the system lets a process do so itself (at
/// most 65,536). Without success things go on with fewer at a time.
void raise_descriptor_limit();

}  // namespace session::cli
