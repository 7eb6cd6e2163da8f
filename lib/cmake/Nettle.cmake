# nettle has no CMake package. The static archive, so that a tool that hashes nothing loads nothing of it.
if(NOT TARGET nettle::nettle)
  find_path(NETTLE_INCLUDE_DIR nettle/sha2.h REQUIRED)
  find_library(NETTLE_LIBRARY NAMES libnettle.a nettle REQUIRED)
  add_library(nettle::nettle UNKNOWN IMPORTED)
  set_target_properties(nettle::nettle PROPERTIES IMPORTED_LOCATION ${NETTLE_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${NETTLE_INCLUDE_DIR})
endif()
