# A toolchain file for tests: a clang with a WASI sysroot, given with the variables of wasi-sdk's own toolchain file.
#
#     WASI_SDK_PREFIX   folder with bin/clang; unset: clang-19 or clang on PATH
#     CMAKE_SYSROOT     the sysroot
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}) # Platform/WASI.cmake
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_VERSION 1)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
# find_program does not look outside the sysroot's prefixes for a cross build, so the folders of PATH are named.
string(REPLACE ":" ";" wasi_path "$ENV{PATH}")
find_program(WASI_CLANG NAMES clang-19 clang PATHS ${WASI_SDK_PREFIX}/bin ${wasi_path} NO_DEFAULT_PATH)
find_program(WASI_AR NAMES llvm-ar-19 llvm-ar PATHS ${WASI_SDK_PREFIX}/bin ${wasi_path} NO_DEFAULT_PATH)
find_program(WASI_RANLIB NAMES llvm-ranlib-19 llvm-ranlib PATHS ${WASI_SDK_PREFIX}/bin ${wasi_path} NO_DEFAULT_PATH)
set(CMAKE_C_COMPILER ${WASI_CLANG})
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_AR ${WASI_AR})
set(CMAKE_RANLIB ${WASI_RANLIB})
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WASI_SDK_PREFIX)
