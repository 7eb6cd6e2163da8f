# session_warnings: linked PRIVATE by first-party targets only, so that nobody else inherits them.
add_library(session_warnings INTERFACE)
target_compile_options(session_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Werror=switch)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Optimizing, g++ 12 sees overlapping copies in the concatenation of strings where there are none.
  target_compile_options(session_warnings INTERFACE -Wlogical-op -Wduplicated-cond
                         $<$<NOT:$<CONFIG:Debug>>:-Wno-restrict>)
endif()
if(SESSION_WERROR)
  target_compile_options(session_warnings INTERFACE -Werror)
endif()
