#pragma once
// Whether file systems can be mounted here: for tests that bring their own disk.

#include <string>

namespace session::test {

/// Why nothing can be mounted; empty if it can.
std::string obstacle_to_mounting();

}  // namespace session::test
