#pragma once
// Near misses: what somebody who wrote an unknown word most likely meant.

#include <optional>
#include <span>
#include <string_view>

namespace session {

/// The candidate nearest to `word` (insertions, deletions, changes and swaps of neighbours; letter
/// case counts half), if it is near enough to be meant: at most a third of the word's length away, and
/// at least one edit is allowed. The first of several equally near ones.
std::optional<std::string_view> did_you_mean(std::string_view word,
                                             std::span<const std::string_view> candidates);

}  // namespace session
