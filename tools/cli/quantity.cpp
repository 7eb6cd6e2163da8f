#include "cli/quantity.h"

#include <fmt/format.h>

#include <array>

namespace session::cli {

std::string describe_bytes(std::uint64_t bytes) {
  constexpr double k_step = 1024;
  constexpr std::array k_units = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} {}", bytes, bytes == 1 ? "byte" : "bytes");
  double count = static_cast<double>(bytes) / k_step;
  std::size_t unit = 0;
  for (; count >= k_step && unit + 1 < k_units.size(); ++unit) count /= k_step;
  return fmt::format("{:.1f} {}", count, k_units[unit]);
}

std::string counted(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace session::cli
