# What an installation has, and where: `cmake --install`, and the Debian package through it. The service's unit and
# the examples name /usr and /etc, so the prefix is /usr.
include(GNUInstallDirs)

# The program writes its manual page and the shells' completions, from the table of flags that --help shows.
set(made ${CMAKE_CURRENT_BINARY_DIR}/made)
add_custom_command(OUTPUT ${made}/rdpwatch.1 ${made}/rdpwatch ${made}/_rdpwatch ${made}/rdpwatch.fish
  COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
  COMMAND rdpwatch print-man-page > ${made}/rdpwatch.1
  COMMAND rdpwatch completion bash > ${made}/rdpwatch
  COMMAND rdpwatch completion zsh > ${made}/_rdpwatch
  COMMAND rdpwatch completion fish > ${made}/rdpwatch.fish
  DEPENDS rdpwatch VERBATIM)
add_custom_target(rdpwatch_made ALL DEPENDS ${made}/rdpwatch.1)

install(TARGETS rdpwatch RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${made}/rdpwatch.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/rdpwatch DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/rdpwatch.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${made}/_rdpwatch DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)

set(RDPWATCH_UNIT_DIR lib/systemd/system CACHE STRING "Where the unit of systemd goes; below the prefix, where it is relative")
set(deploy ${PROJECT_SOURCE_DIR}/deploy)
install(FILES ${deploy}/systemd/rdpwatch.service DESTINATION ${RDPWATCH_UNIT_DIR})
install(FILES ${deploy}/systemd/rdpwatch.sysusers DESTINATION lib/sysusers.d RENAME rdpwatch.conf)
install(FILES ${deploy}/systemd/rdpwatch.yml DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/rdpwatch)
install(FILES ${deploy}/systemd/rdpwatch.default DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/default RENAME rdpwatch)

set(share ${CMAKE_INSTALL_DATADIR}/rdpwatch)
install(DIRECTORY ${deploy}/prometheus/rules DESTINATION ${share})
install(DIRECTORY ${deploy}/alertmanager ${deploy}/runbooks DESTINATION ${share})
install(FILES ${deploy}/openapi.yml DESTINATION ${share})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/dashboards/ DESTINATION ${share}/dashboards FILES_MATCHING PATTERN "rdp-*.json"
  PATTERN "src" EXCLUDE PATTERN "render" EXCLUDE PATTERN "checks" EXCLUDE PATTERN "images" EXCLUDE
  PATTERN "node_modules" EXCLUDE)

install(FILES README.md deploy/FOOTPRINT.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES config/example.yml config/example-ca.pem deploy/systemd/web-credentials.conf deploy/prometheus/prometheus.yml
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
