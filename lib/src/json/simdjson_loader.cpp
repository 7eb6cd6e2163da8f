// Loads simdjson at its first use. It comes as a shared library only and brings the shared C++ library with
// it; loading the two takes longer than all else that a tool does with one small file, most of which never
// need them. Everything that simdjson's header leaves to the library goes through this one function.

#include <dlfcn.h>
#include <simdjson.h>

#include <stdexcept>
#include <string>

namespace {

constexpr auto k_library = SESSION_SIMDJSON_SONAME;
constexpr auto k_function = "_ZN8simdjson25get_active_implementationEv";

void* load_function() {
  void* const library = ::dlopen(k_library, RTLD_NOW | RTLD_LOCAL);
  void* const function = library == nullptr ? nullptr : ::dlsym(library, k_function);
  // As when the dynamic linker misses a library, only later: nothing can be judged, so nothing goes on.
  if (function == nullptr) throw std::runtime_error(std::string("cannot load simdjson: ") + ::dlerror());
  return function;
}

}  // namespace

namespace simdjson {

internal::atomic_ptr<const implementation>& get_active_implementation() {
  using Function = internal::atomic_ptr<const implementation>& (*)();
  static const auto function = reinterpret_cast<Function>(load_function());
  return function();
}

}  // namespace simdjson
