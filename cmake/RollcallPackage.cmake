# What `make install` installs: the libraries rollcall::protocol, rollcall::server and rollcall::gateway, each the
# objects of several layers in one archive, with the public headers and the CMake package; the program, its
# manual, completion and sample configuration.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(packaged)
foreach(library protocol server gateway)
  get_property(layers GLOBAL PROPERTY ROLLCALL_LAYERS_OF_${library})
  list(APPEND packaged ${layers})
endforeach()

# rollcall_library(NAME [BELOW library])
function(rollcall_library name)
  cmake_parse_arguments(LIBRARY "" "BELOW" "" ${ARGN})
  get_property(layers GLOBAL PROPERTY ROLLCALL_LAYERS_OF_${name})
  get_property(depends GLOBAL PROPERTY ROLLCALL_DEPENDS_OF_${name})
  foreach(depend ${depends})
    string(REGEX REPLACE "^rollcall_" "" layer ${depend})
    if(depend MATCHES "^rollcall_" AND NOT layer IN_LIST packaged)
      message(FATAL_ERROR "${depend} is needed by an installed library: give it a PACKAGE")
    endif()
  endforeach()
  list(FILTER depends EXCLUDE REGEX "^rollcall_")
  list(REMOVE_DUPLICATES depends)
  list(TRANSFORM layers REPLACE "(.+)" "$<TARGET_OBJECTS:rollcall_\\1>" OUTPUT_VARIABLE objects)

  add_library(rollcall_lib${name} STATIC ${objects})
  set_target_properties(rollcall_lib${name} PROPERTIES OUTPUT_NAME rollcall_${name} EXPORT_NAME ${name}
                        LINKER_LANGUAGE CXX ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  target_link_libraries(rollcall_lib${name} INTERFACE ${depends})
  if(LIBRARY_BELOW)
    target_link_libraries(rollcall_lib${name} INTERFACE rollcall_lib${LIBRARY_BELOW})
  endif()
  target_compile_features(rollcall_lib${name} INTERFACE cxx_std_20)
  target_include_directories(rollcall_lib${name} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  install(TARGETS rollcall_lib${name} EXPORT rollcall ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT devel)
endfunction()

rollcall_library(protocol)
rollcall_library(server BELOW protocol)
rollcall_library(gateway BELOW server)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/rollcall)
install(EXPORT rollcall NAMESPACE rollcall:: FILE rollcallTargets.cmake DESTINATION ${package_dir} COMPONENT devel)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/rollcallConfig.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/rollcallConfig.cmake INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/rollcallConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rollcallConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/rollcallConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT devel)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/rollcall DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT devel)

# The manual, one page of it made of the sample configuration, and completion for shells.
set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(manual ${CMAKE_CURRENT_BINARY_DIR}/man)
configure_file(${packaging}/man/rollcall.1.in ${manual}/rollcall.1 @ONLY)
add_custom_command(
  OUTPUT ${manual}/rollcall.toml.5
  COMMAND awk -v version=${PROJECT_VERSION} -v out=${manual}/rollcall.toml.5 -f ${packaging}/man/settings-to-man.awk
          ${PROJECT_SOURCE_DIR}/config/rollcall.toml ${packaging}/man/rollcall.toml.5.in
  DEPENDS ${packaging}/man/settings-to-man.awk ${packaging}/man/rollcall.toml.5.in ${PROJECT_SOURCE_DIR}/config/rollcall.toml
  COMMENT "Writing rollcall.toml(5)" VERBATIM)
add_custom_target(rollcall_manual ALL DEPENDS ${manual}/rollcall.toml.5)
install(FILES ${manual}/rollcall.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime)
install(FILES ${manual}/rollcall.toml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 COMPONENT runtime)
set(share ${CMAKE_INSTALL_DATAROOTDIR})
install(FILES ${packaging}/completions/rollcall.bash DESTINATION ${share}/bash-completion/completions RENAME rollcall
        COMPONENT runtime)
install(FILES ${packaging}/completions/_rollcall DESTINATION ${share}/zsh/site-functions COMPONENT runtime)
install(FILES ${packaging}/completions/rollcall.fish DESTINATION ${share}/fish/vendor_completions.d COMPONENT runtime)

install(TARGETS rollcall RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/config/rollcall.toml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples
        COMPONENT runtime)
