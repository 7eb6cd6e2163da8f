# What runs session-clean every night: systemd units, for the system and for a user, and a line for cron as an
# example (installed as one, because a file in /etc/cron.d runs at once).
set(schedule_dir ${PROJECT_BINARY_DIR}/schedule)
foreach(unit session-clean.service session-clean.timer)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/systemd/${unit}.in ${schedule_dir}/${unit} @ONLY)
  foreach(manager system user)
    install(FILES ${schedule_dir}/${unit} DESTINATION lib/systemd/${manager} COMPONENT tools)
  endforeach()
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/cron.d/session-clean.in ${schedule_dir}/cron.d/session-clean @ONLY)
install(FILES ${schedule_dir}/cron.d/session-clean
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/session-toolkit/examples/cron.d COMPONENT tools)
