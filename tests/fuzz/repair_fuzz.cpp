#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/repair_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const char* broken = session::fuzz::repair_holds(bytes)) {
    std::fprintf(stderr, "%s\n", broken);
    std::abort();
  }
  return 0;
}
