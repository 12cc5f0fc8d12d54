# What `cmake --install` puts where: headers, libraries, the command line tool, and what find_package(Baton) reads.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(baton_components core track)
set(baton_cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Baton)

set_target_properties(baton_core PROPERTIES EXPORT_NAME core)
set_target_properties(baton_formats PROPERTIES EXPORT_NAME formats)
install(TARGETS baton_core baton_formats EXPORT BatonCoreTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT BatonCoreTargets NAMESPACE baton:: DESTINATION ${baton_cmake_folder})

set_target_properties(baton_net PROPERTIES EXPORT_NAME net)
set_target_properties(baton_track PROPERTIES EXPORT_NAME track)
install(TARGETS baton_net baton_track EXPORT BatonTrackTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT BatonTrackTargets NAMESPACE baton:: DESTINATION ${baton_cmake_folder})

set(baton_left_out PATTERN train EXCLUDE PATTERN train.h EXCLUDE)
if(TARGET baton_train)
  list(APPEND baton_components train)
  unset(baton_left_out)
  set_target_properties(baton_train PROPERTIES EXPORT_NAME train)
  install(TARGETS baton_train EXPORT BatonTrainTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT BatonTrainTargets NAMESPACE baton:: DESTINATION ${baton_cmake_folder})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/baton DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} ${baton_left_out})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET baton)
  install(TARGETS baton)
endif()

# A LibTorch within the prefix is found again wherever the whole of it is moved to.
set(baton_torch_folder "${Torch_DIR}")
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/BatonConfig.cmake.in
                              ${CMAKE_CURRENT_BINARY_DIR}/BatonConfig.cmake
                              INSTALL_DESTINATION ${baton_cmake_folder} PATH_VARS baton_torch_folder)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/BatonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/BatonConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/BatonConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FindLibgit2.cmake
        DESTINATION ${baton_cmake_folder})
