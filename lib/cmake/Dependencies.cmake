# Third-party packages, all from the distribution, with the oldest versions that are tested.
find_package(Threads REQUIRED)
find_package(simdjson 3.0.1 CONFIG REQUIRED)
find_package(yaml-cpp 0.7.0 CONFIG REQUIRED)
find_package(fmt 9.1 CONFIG REQUIRED)
find_package(CLI11 2.1.2 CONFIG REQUIRED)
find_package(spdlog 1.10 CONFIG REQUIRED)
find_package(nlohmann_json 3.11 CONFIG REQUIRED)

# Under which name the dynamic linker knows simdjson; empty where it is a static library.
get_target_property(simdjson_configurations simdjson::simdjson IMPORTED_CONFIGURATIONS)
list(GET simdjson_configurations 0 simdjson_configuration)
get_target_property(simdjson_soname simdjson::simdjson IMPORTED_SONAME_${simdjson_configuration})

# The distribution's header-only target still links the shared fmt.
add_library(spdlog_header_only INTERFACE)
target_include_directories(spdlog_header_only SYSTEM INTERFACE
  $<TARGET_PROPERTY:spdlog::spdlog_header_only,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_definitions(spdlog_header_only INTERFACE SPDLOG_FMT_EXTERNAL)
target_link_libraries(spdlog_header_only INTERFACE Threads::Threads)

include(StaticArchives)
