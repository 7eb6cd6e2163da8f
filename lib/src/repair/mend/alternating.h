#pragma once
// Two writers that took turns: the halves of two records alternate, and each beginning reads on in the end of
// the other one too.

#include <cstddef>
#include <optional>

#include "session/bytes.h"

namespace session::repair {

/// Whether `record`, which stands between the beginning of another one and the `rest` of one, may itself be
/// the beginning of one and the end of another: parted somewhere, it and those two make two whole records.
bool are_alternating(ByteView beginning, ByteView record, ByteView rest);

struct Turn {
  std::size_t at = 0;
  bool is_only = true;  ///< within a string or number nothing tells where one ends, and the other goes on
};

/// Where `middle` is parted so; nullopt where it cannot be, or that takes too long to find out.
std::optional<Turn> find_turn(ByteView beginning, ByteView middle, ByteView rest);

}  // namespace session::repair
