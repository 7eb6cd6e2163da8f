# The service that keeps the sessions of a gateway, for the system; it is started by nobody but its administrator.
configure_file(${CMAKE_CURRENT_LIST_DIR}/systemd/session-autosave.service.in
               ${PROJECT_BINARY_DIR}/autosave/session-autosave.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/autosave/session-autosave.service
        DESTINATION lib/systemd/system COMPONENT tools)
