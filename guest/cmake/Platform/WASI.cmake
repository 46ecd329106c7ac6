# What CMake has to know about WASI; older ones do not have this file.
set(WASI 1)
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
