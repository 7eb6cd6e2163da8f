#pragma once
// What holds for the repair of any input.

#include <string_view>

namespace session::fuzz {

/// Nullptr if it holds, else what does not: a valid text is left alone; a result passes both judges; nothing
/// is left to repair in it; and what was kept, dropped and inserted accounts for every byte.
const char* repair_holds(std::string_view bytes);

}  // namespace session::fuzz
