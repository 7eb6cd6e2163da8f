#include "commands/verify/store_stats.h"

#include "cli/quantity.h"
#include "session/layout.h"

namespace session::commands {
namespace {

template <class Histogram, class Words>
std::vector<std::string> labels(const Histogram& histogram, Words words) {
  std::vector<std::string> all;
  for (const auto bound : histogram.bounds) all.push_back("under " + words(bound));
  all.emplace_back("more");
  return all;
}

}  // namespace

std::vector<std::string> labels_of(const Ages& ages) { return labels(ages, format_duration); }
std::vector<std::string> labels_of(const Sizes& sizes) { return labels(sizes, cli::describe_bytes); }

bool can_expire(const StoreStats& stats) {
  return stats.ttl > milliseconds{0} && (stats.layout == nullptr || stats.layout->expiry == Expiry::by_ttl);
}

}  // namespace session::commands
