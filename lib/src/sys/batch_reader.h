#pragma once

#include <memory>

#include "session/fs.h"

namespace session {

/// Reads through io_uring (io_uring(7)); nullptr where the kernel is too old for it (before 6.1), or where it
/// is forbidden, as in many containers.
std::unique_ptr<BatchReader> make_batch_reader();

}  // namespace session
