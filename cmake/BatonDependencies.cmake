# Third parties. All are linked PRIVATE but LibTorch: no public header of Baton names one of the others, and LibTorch's
# wheel bundles its own copies of some of their headers, which must never meet them in one translation unit.

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL 7.81 REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(yaml-cpp REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp)  # before yaml-cpp 0.8
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
find_path(BATON_PROTOZERO protozero/pbf_writer.hpp DOC "Folder with protozero's headers")
if(NOT BATON_PROTOZERO)
  message(FATAL_ERROR "protozero was not found, the headers for TensorBoard's files: install libprotozero-dev, or name "
                      "their folder with -DBATON_PROTOZERO=DIR")
endif()
mark_as_advanced(BATON_PROTOZERO)
if(BATON_WITH_MLFLOW)
  find_package(SQLite3 3.31 REQUIRED)
endif()
if(BATON_WITH_DVCLIVE)
  find_package(Libgit2 REQUIRED)  # experiments of DVC
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)  # MD5, by which DVC names artifacts
endif()
if(BATON_BUILD_TESTS)
  if(NOT BATON_WITH_MLFLOW OR NOT BATON_WITH_DVCLIVE)
    message(FATAL_ERROR "The tests try every tracker: -DBATON_BUILD_TESTS=OFF, or both BATON_WITH_MLFLOW and "
                        "BATON_WITH_DVCLIVE")
  endif()
  find_package(GTest REQUIRED)
endif()
if(BATON_BUILD_BENCH)
  find_package(benchmark REQUIRED)
endif()

if(BATON_WITH_TORCH)
  set(kineto_LIBRARY c10 CACHE INTERNAL "LibTorch's config warns without one")
  find_package(Torch QUIET)
  if(NOT Torch_FOUND)
    message(FATAL_ERROR
      "LibTorch was not found. Choose one:\n"
      "  ./quickstart                                     fetches it into .deps/\n"
      "  cmake -DCMAKE_PREFIX_PATH=DIR ...                DIR has share/cmake/Torch: an unpacked LibTorch archive or\n"
      "                                                   the torch folder of a Python installation\n"
      "  cmake --preset core                              builds everything but baton::train, without LibTorch")
  endif()
  cmake_path(GET TORCH_LIBRARY PARENT_PATH baton_torch_lib)
  cmake_path(GET baton_torch_lib PARENT_PATH baton_torch_root)
  foreach(folder include/c10 include/torch/csrc)
    if(NOT IS_DIRECTORY ${baton_torch_root}/${folder})
      message(FATAL_ERROR "${baton_torch_root} is not a whole LibTorch: it has no folder ${folder}")
    endif()
  endforeach()
endif()

# A project that contains Baton links these through it, from a folder where they would not be seen.
if(NOT PROJECT_IS_TOP_LEVEL)
  get_property(baton_imported DIRECTORY PROPERTY IMPORTED_TARGETS)
  set_target_properties(${baton_imported} PROPERTIES IMPORTED_GLOBAL TRUE)
endif()
