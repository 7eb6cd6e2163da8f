# Precompiled headers, for builds from nothing. Not with a compiler launcher: a compiler cache does better
# without them, and a build that must spell out its includes keeps them honest.
set(session_precompile ON)
# One that does not fit costs time and nothing else.
set(CMAKE_PCH_WARN_INVALID OFF)
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(session_precompile OFF)
endif()

# The target compiles these headers once and hands them to those that session_reuse_headers() names.
function(session_precompile_headers target)
  if(session_precompile)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
function(session_reuse_headers target from)
  if(session_precompile)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()
