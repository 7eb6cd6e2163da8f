# session_warnings: linked PRIVATE by first-party targets only, so that nobody else inherits them.
add_library(session_warnings INTERFACE)
target_compile_options(session_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Werror=switch)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # What the optimizer of g++ 12 believes of the flow of data is often wrong inside its own library (copies of
  # strings, moves of variants). The Debug build still has these, as errors.
  set(false_at_optimization -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread
      -Wno-array-bounds -Wno-dangling-pointer -Wno-use-after-free -Wno-free-nonheap-object -Wno-nonnull)
  target_compile_options(session_warnings INTERFACE -Wlogical-op -Wduplicated-cond
                         "$<$<NOT:$<CONFIG:Debug>>:${false_at_optimization}>")
endif()
if(SESSION_WERROR)
  target_compile_options(session_warnings INTERFACE -Werror)
endif()
