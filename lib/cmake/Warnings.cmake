# session_warnings: linked PRIVATE by first-party targets only, so that nobody else inherits them.
add_library(session_warnings INTERFACE)
target_compile_options(session_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Werror=switch)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Optimizing, g++ 12 reports these inside its own library (copies of strings, moves of variants) where nothing
  # is wrong. The Debug build still has them, as errors.
  set(false_at_optimization -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds)
  target_compile_options(session_warnings INTERFACE -Wlogical-op -Wduplicated-cond
                         "$<$<NOT:$<CONFIG:Debug>>:${false_at_optimization}>")
endif()
if(SESSION_WERROR)
  target_compile_options(session_warnings INTERFACE -Werror)
endif()
