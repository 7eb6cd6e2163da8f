#pragma once
// Mounting file systems: for tests that bring their own disk.

#include <string>

namespace session::test {

/// Puts the calling thread, and all that it starts afterwards, into a mount namespace of its own, so that
/// what it mounts goes with the test, however that ends. Why nothing can be mounted here; empty if it can.
std::string prepare_mounting();

}  // namespace session::test
