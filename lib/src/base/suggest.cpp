#include "session/suggest.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <vector>

namespace session {

namespace {

constexpr std::size_t k_edit = 2;
constexpr std::size_t k_case_change = 1;

std::size_t change_cost(char a, char b) {
  if (a == b) return 0;
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return lower(a) == lower(b) ? k_case_change : k_edit;
}

/// Optimal string alignment, in half edits.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j * k_edit;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i * k_edit;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + k_edit, row[j - 1] + k_edit, last[j - 1] + change_cost(a[i - 1], b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + k_edit);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> did_you_mean(std::string_view word,
                                             std::span<const std::string_view> candidates) {
  std::size_t nearest = std::max<std::size_t>(1, word.size() / 3) * k_edit + 1;
  std::optional<std::string_view> found;
  for (const std::string_view candidate : candidates) {
    const std::size_t away = distance(word, candidate);
    if (away < nearest) {
      nearest = away;
      found = candidate;
    }
  }
  return found;
}

}  // namespace session
