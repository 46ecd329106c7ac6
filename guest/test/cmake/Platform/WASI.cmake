# What CMake 3.25 does not know about WASI by itself (wasi-sdk comes with such a file).
set(WASI 1)
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
