#pragma once
// Quantities as people read them; machine formats carry the plain numbers.

#include <cstdint>
#include <string>

namespace session::cli {

/// "512 bytes", "1.5 KiB", "2.0 GiB".
std::string describe_bytes(std::uint64_t bytes);

}  // namespace session::cli
