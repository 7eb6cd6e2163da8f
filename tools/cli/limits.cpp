#include "cli/limits.h"

#include <sys/resource.h>

#include <algorithm>

namespace session::cli {

void raise_descriptor_limit() {
  constexpr rlim_t k_enough = 65'536;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, k_enough));
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace session::cli
