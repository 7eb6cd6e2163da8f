#pragma once
// Quantities as people read them; machine formats carry the plain numbers.

#include <cstdint>
#include <string>
#include <string_view>

namespace session::cli {

/// "512 bytes", "1.5 KiB", "2.0 GiB".
std::string describe_bytes(std::uint64_t bytes);
/// "1 file", "3 files".
std::string counted(std::uint64_t count, std::string_view one);
/// "1 entry", "3 entries".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

}  // namespace session::cli
