# In builds for sanitizers the sources of a folder are compiled as one: what their headers hold is read and
# instantiated once, which is most of what such a build costs. A name in an unnamed namespace therefore means
# one thing in a folder. The other builds compile each source by itself, so that each includes what it uses.
function(session_compile_folders_as_one target)
  if(NOT SESSION_SANITIZE)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(folder ${source} DIRECTORY)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP "${folder}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
