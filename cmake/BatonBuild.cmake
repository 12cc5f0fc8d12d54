# How Baton's own targets are compiled: language, warnings, sanitizers, compiler cache, output folder.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT BATON_SANITIZE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

add_library(baton_warnings INTERFACE)
target_compile_options(baton_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor
  -Wno-missing-field-initializers                                      # designated initializers leave out defaults
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-zero-variadic-macro-arguments>   # GoogleTest's typed suites
  # What GCC 12's optimizer imagines in std::string and std::variant (its bugs 105651 and 105593); clang looks too.
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow;-Wno-maybe-uninitialized>"
  $<$<BOOL:${BATON_WERROR}>:-Werror>)

if(BATON_SANITIZE)
  add_compile_options(-fsanitize=${BATON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BATON_SANITIZE})
endif()

# Paths are taken relative to the source folder, so a clone elsewhere finds the same entries; the sloppiness is what a
# precompiled header needs. Clang writes absolute paths into such a header, which would then miss: it goes without.
find_program(BATON_CCACHE ccache)
mark_as_advanced(BATON_CCACHE)
if(BATON_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${BATON_CCACHE})
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
  endif()
endif()

# Every target of this repository goes through here. Project headers are included as "baton/..." (public) or
# "src/..." (private), both found from here.
function(baton_target target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:baton_warnings>)
endfunction()

# A program on baton::train: takes over its precompiled <torch/torch.h>, which costs a minute and 700 MB only once.
function(baton_train_program target)
  baton_target(${target})
  target_link_libraries(${target} PRIVATE baton_train)
  target_precompile_headers(${target} REUSE_FROM baton_train)
endfunction()

# Compiles every given public header alone, as the first line of a source of its own.
function(baton_check_headers target library)
  foreach(header ${ARGN})
    string(MAKE_C_IDENTIFIER ${header} name)
    file(CONFIGURE OUTPUT headers/${name}.cc CONTENT "#include \"@header@\"\n" @ONLY)
    list(APPEND sources ${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cc)
  endforeach()
  add_library(${target} OBJECT ${sources})
  baton_target(${target})
  target_link_libraries(${target} PRIVATE ${library})
  target_compile_options(${target} PRIVATE -O0)
endfunction()
