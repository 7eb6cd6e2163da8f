# session_settings: language level, hardening and sanitizers, linked PRIVATE by first-party targets only.
add_library(session_settings INTERFACE)
target_compile_features(session_settings INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(SESSION_SANITIZE)
  string(REPLACE "," ";" sanitizers "${SESSION_SANITIZE}")
  target_compile_options(session_settings INTERFACE -fsanitize=${SESSION_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  # UBSan opens a pipe to see whether an object's memory can be read, and takes every object for a bad one where
  # no descriptor is left, which tests bring about. ASan watches the same memory.
  if("undefined" IN_LIST sanitizers)
    target_compile_options(session_settings INTERFACE -fno-sanitize=vptr)
  endif()
  target_link_options(session_settings INTERFACE -fsanitize=${SESSION_SANITIZE})
else()
  target_compile_options(session_settings INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong>)
  target_link_options(session_settings INTERFACE
    $<$<CONFIG:Release,RelWithDebInfo>:-Wl,-z,relro,-z,now>)
endif()
