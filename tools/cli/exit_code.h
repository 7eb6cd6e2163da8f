#pragma once
// The exit status of all four tools: a sum of these bits, as fsck(8) has it. The one table that --help, man
// pages, docs/exit-codes.md and tests are made from or held against.

#include <cstdint>
#include <span>
#include <string_view>

namespace session::cli {

using ExitStatus = std::uint8_t;
inline constexpr ExitStatus k_exit_fine = 0;
inline constexpr ExitStatus k_exit_repaired = 1;
inline constexpr ExitStatus k_exit_damage_remains = 4;
inline constexpr ExitStatus k_exit_operation_failed = 8;
inline constexpr ExitStatus k_exit_usage = 16;

struct ExitRow {
  ExitStatus bit;
  std::string_view meaning;
};
std::span<const ExitRow> exit_rows();

}  // namespace session::cli
