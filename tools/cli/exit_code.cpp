#include "cli/exit_code.h"

#include <array>

namespace session::cli {

std::span<const ExitRow> exit_rows() {
  static constexpr std::array<ExitRow, 5> rows{{
      {k_exit_fine, "fine: everything asked for was done"},
      {k_exit_repaired, "damage was found, and all of it was repaired"},
      {k_exit_damage_remains, "damage remains"},
      {k_exit_operation_failed, "an operation failed: a file could not be read, written, moved or locked"},
      {k_exit_usage, "bad usage, input or configuration; nothing was attempted"},
  }};
  return rows;
}

}  // namespace session::cli
