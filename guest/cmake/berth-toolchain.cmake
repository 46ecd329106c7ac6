# CMake's toolchain file for `berth cc`: programs for WASI that link the guest library.
#
#     cmake -DCMAKE_TOOLCHAIN_FILE=$(berth cmake-toolchain) ..
#
# The compiler is the one that `berth c++` finds, or the one named: -DBERTH_TOOLCHAIN=wasi-sdk, system or npm.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}) # Platform/WASI.cmake
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_VERSION 1)
set(CMAKE_SYSTEM_PROCESSOR wasm32)

get_filename_component(berth_root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

# One compiler for C and C++, since each has a C library of its own: the first that has the C++ library. It is asked for
# once; the environment tells the checks that CMake makes, which read this file again.
if(NOT DEFINED BERTH_TOOLCHAIN)
  if("$ENV{BERTH_TOOLCHAIN}" STREQUAL "")
    execute_process(
      COMMAND ${berth_root}/bin/berth-c++ --berth-which
      OUTPUT_VARIABLE berth_which
      RESULT_VARIABLE berth_result
      OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT berth_result EQUAL 0)
      message(FATAL_ERROR "berth: no compiler")
    endif()
    set(ENV{BERTH_TOOLCHAIN} ${berth_which})
  endif()
  set(BERTH_TOOLCHAIN $ENV{BERTH_TOOLCHAIN})
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES BERTH_TOOLCHAIN)
set(CMAKE_C_COMPILER ${berth_root}/bin/berth-cc --berth-toolchain=${BERTH_TOOLCHAIN})
set(CMAKE_CXX_COMPILER ${berth_root}/bin/berth-c++ --berth-toolchain=${BERTH_TOOLCHAIN})
set(CMAKE_AR ${berth_root}/bin/berth-ar)
set(CMAKE_RANLIB ${berth_root}/bin/berth-ranlib)

# Tests and try_run() run programs, with no network granted.
set(CMAKE_CROSSCOMPILING_EMULATOR ${berth_root}/bin/berth-run)

# find_package(wamr-wasi-socket); libraries and headers of the machine itself are of no use.
list(APPEND CMAKE_PREFIX_PATH ${berth_root}/guest)
list(APPEND CMAKE_FIND_ROOT_PATH ${berth_root}/guest)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
unset(berth_root)
