# libgit2 brings no CMake package of its own before version 1.8. Gives libgit2::libgit2.

find_path(LIBGIT2_INCLUDE_DIR git2.h)
find_library(LIBGIT2_LIBRARY git2)
mark_as_advanced(LIBGIT2_INCLUDE_DIR LIBGIT2_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libgit2 REQUIRED_VARS LIBGIT2_LIBRARY LIBGIT2_INCLUDE_DIR)
if(Libgit2_FOUND AND NOT TARGET libgit2::libgit2)
  add_library(libgit2::libgit2 UNKNOWN IMPORTED)
  set_target_properties(libgit2::libgit2 PROPERTIES IMPORTED_LOCATION ${LIBGIT2_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${LIBGIT2_INCLUDE_DIR})
endif()
