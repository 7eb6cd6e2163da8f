# Third-party archives that the distribution has no static CMake target for. Static, because loading shared
# libraries is most of the start-up time of a small tool.
if(NOT TARGET session::nettle)
  find_path(NETTLE_INCLUDE_DIR nettle/sha2.h REQUIRED)
  find_library(NETTLE_LIBRARY NAMES libnettle.a nettle REQUIRED)
  add_library(session::nettle UNKNOWN IMPORTED)
  set_target_properties(session::nettle PROPERTIES IMPORTED_LOCATION ${NETTLE_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${NETTLE_INCLUDE_DIR})
endif()
if(NOT TARGET session::uring)
  find_path(URING_INCLUDE_DIR liburing.h REQUIRED)
  find_library(URING_LIBRARY NAMES liburing.a uring REQUIRED)
  add_library(session::uring UNKNOWN IMPORTED)
  set_target_properties(session::uring PROPERTIES IMPORTED_LOCATION ${URING_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${URING_INCLUDE_DIR})
endif()
if(NOT TARGET session::yaml_cpp)
  find_path(YAML_CPP_HEADERS yaml-cpp/yaml.h REQUIRED)
  find_library(YAML_CPP_ARCHIVE NAMES libyaml-cpp.a yaml-cpp REQUIRED)
  add_library(session::yaml_cpp UNKNOWN IMPORTED)
  set_target_properties(session::yaml_cpp PROPERTIES IMPORTED_LOCATION ${YAML_CPP_ARCHIVE}
                        INTERFACE_INCLUDE_DIRECTORIES ${YAML_CPP_HEADERS})
endif()
