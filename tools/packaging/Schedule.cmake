# What runs the tools unattended: systemd units and a line for cron. They name the program by its path, which only
# the installation knows: `cmake --install --prefix` may say another one than the build was told.
function(session_install_schedule source)
  cmake_path(GET source STEM LAST_ONLY name)
  set(made ${PROJECT_BINARY_DIR}/schedule/${name})
  install(CODE "
    cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_PREFIX OUTPUT_VARIABLE prefix)
    set(bindir \"\${prefix}/${CMAKE_INSTALL_BINDIR}\")
    configure_file(\"${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${source}\" \"${made}\" @ONLY)" COMPONENT tools)
  foreach(destination IN LISTS ARGN)
    install(FILES ${made} DESTINATION ${destination} COMPONENT tools)
  endforeach()
endfunction()

# session-clean every night, for the system and for a user.
session_install_schedule(systemd/session-clean.service.in lib/systemd/system lib/systemd/user)
session_install_schedule(systemd/session-clean.timer.in lib/systemd/system lib/systemd/user)
# As an example, because a file in /etc/cron.d runs at once.
session_install_schedule(cron.d/session-clean.in ${CMAKE_INSTALL_DATADIR}/doc/session-toolkit/examples/cron.d)
# The service that keeps the sessions of a gateway; it is started by nobody but its administrator.
session_install_schedule(systemd/session-autosave.service.in lib/systemd/system)
