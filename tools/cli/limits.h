#pragma once
// What the system gives the process: its descriptors.

#include <cstddef>

namespace session::cli {

/// Opens what was closed of standard input, output and error, the wrong way round, so that using it is an
/// error: else the next file opened would take its number, and results would be written into a session.
void occupy_standard_descriptors();

/// Raises the number of files that may be open at once as far as the system lets a process do so itself (at
/// most 65,536). Without success things go on with fewer at a time.
void raise_descriptor_limit();

/// How many files may be open at once.
std::size_t descriptor_limit();

}  // namespace session::cli
