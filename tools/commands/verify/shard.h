#pragma once
// --shard I/N: one store, or one list of files, shared among N machines or processes that know nothing of
// each other. Which file is whose depends on its name alone, so wherever the directory is mounted, each file
// has exactly one of the N.

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/cli11.h"

namespace session::commands {

struct Shard {
  std::uint32_t index = 1, count = 1;  ///< 1 <= index <= count <= 65,535

  /// Whether the file `name` (a name, no path) is this shard's. What belongs to a session (temporaries,
  /// locks, backups) goes with it.
  [[nodiscard]] bool has(std::string_view name) const;
  /// What is no file (a path that cannot be opened) is counted once: by the first.
  [[nodiscard]] bool has_the_rest() const { return index == 1; }
};

/// "2/8" as the second of eight; nullopt for what is no such text.
std::optional<Shard> parse_shard(std::string_view text);

/// Adds --shard, which sets `shard`.
void add_shard(CLI::App& app, Shard& shard);

}  // namespace session::commands
