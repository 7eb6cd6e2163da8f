# Installation of what is not code, and the Debian packages.
set(completions ${PROJECT_SOURCE_DIR}/tools/packaging/completions)
set(packaging_dir ${PROJECT_BINARY_DIR}/packaging)
file(MAKE_DIRECTORY ${packaging_dir})
find_program(GZIP gzip REQUIRED)

# NAME.gz in the build tree, the same bytes every time.
function(session_compress source name)
  execute_process(COMMAND ${GZIP} -9nc ${source} OUTPUT_FILE ${packaging_dir}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
endfunction()

foreach(name clean repair save verify)
  session_compress(${PROJECT_SOURCE_DIR}/docs/man/session-${name}.1 session-${name}.1)
  install(FILES ${packaging_dir}/session-${name}.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)
  install(FILES ${completions}/session-${name}.bash RENAME session-${name}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tools)
  install(FILES ${completions}/_session-${name}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT tools)
  install(FILES ${completions}/session-${name}.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT tools)
endforeach()

# What Debian wants to find beside every package. Only there: an installation below a prefix is not taken by it.
foreach(package session-toolkit libsession-dev)
  set(component tools)
  if(package STREQUAL "libsession-dev")
    set(component library)
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/tools/packaging/changelog.in ${packaging_dir}/${package}.changelog @ONLY)
  session_compress(${packaging_dir}/${package}.changelog ${package}.changelog)
  install(FILES ${packaging_dir}/${package}.changelog.gz RENAME changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${PROJECT_SOURCE_DIR}/tools/packaging/copyright
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/tools/packaging/overrides/${package}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "session-toolkit")
set(CPACK_PACKAGE_CONTACT "session-toolkit maintainers <maintainers@session-toolkit.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tools library)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME session-toolkit)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
# Loaded at its first use, where dpkg-shlibdeps does not see it: libsimdjson.so.14 is in libsimdjson14.
if(simdjson_soname)
  string(REPLACE ".so." "" CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS ${simdjson_soname})
endif()
set(CPACK_COMPONENT_TOOLS_DESCRIPTION
    "Four tools that keep directories of agent and chat session files healthy:
session-save writes them so that no crash can tear or lose them,
session-clean expires stale ones, session-verify finds damage and says where,
session-repair undoes it and keeps what it had to drop.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libsession-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "libsimdjson-dev, liburing-dev, libyaml-cpp-dev, nettle-dev")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
    "Development files of the library behind the tools: atomic write, diagnosis,
repair and retention of session files.")
include(CPack)
