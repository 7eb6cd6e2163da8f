#include "session/bytes.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#endif

namespace session {
namespace {

#if defined(__linux__)

// Below this the call costs what it saves.
constexpr std::size_t k_worth_asking = std::size_t{8} << 20;

/// Only advice: where it is not taken, the pages are small ones.
void ask_for_huge_pages(char* begin, std::size_t size) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto from = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) / page * page;
  const auto to = (reinterpret_cast<std::uintptr_t>(begin) + size) / page * page;
  if (from < to) (void)::madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
}

#endif

}  // namespace

void reserve_large(Bytes& bytes, std::size_t size) {
  if (size <= bytes.capacity()) return;
  bytes.reserve(size);
#if defined(__linux__)
  if (size >= k_worth_asking) ask_for_huge_pages(bytes.data(), bytes.capacity());
#endif
}

}  // namespace session
