# Berkeley sockets for WASI programs. In a project's CMakeLists.txt:
#
#     include(path/to/guest/lib_socket_wasi.cmake)
#     target_link_libraries(my_program socket_wasi_ext)
#
# Defines the static library socket_wasi_ext (also berth::socket_wasi_ext) and nothing else. It does not call project(),
# which would overwrite PROJECT_NAME and the like of the project that includes it; toolchain and flags are that project's.

if(NOT TARGET socket_wasi_ext)
  # For a project that has switched on C++ only.
  get_property(berth_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "C" IN_LIST berth_languages)
    enable_language(C)
  endif()
  unset(berth_languages)

  # One function family per file: a program gets the objects, and thereby the imports, of what it uses.
  add_library(
    socket_wasi_ext STATIC
    ${CMAKE_CURRENT_LIST_DIR}/src/accept.c
    ${CMAKE_CURRENT_LIST_DIR}/src/address.c
    ${CMAKE_CURRENT_LIST_DIR}/src/bind.c
    ${CMAKE_CURRENT_LIST_DIR}/src/connect.c
    ${CMAKE_CURRENT_LIST_DIR}/src/descriptor.c
    ${CMAKE_CURRENT_LIST_DIR}/src/gai_strerror.c
    ${CMAKE_CURRENT_LIST_DIR}/src/name.c
    ${CMAKE_CURRENT_LIST_DIR}/src/option.c
    ${CMAKE_CURRENT_LIST_DIR}/src/recv.c
    ${CMAKE_CURRENT_LIST_DIR}/src/resolve.c
    ${CMAKE_CURRENT_LIST_DIR}/src/send.c
    ${CMAKE_CURRENT_LIST_DIR}/src/socket.c)
  add_library(berth::socket_wasi_ext ALIAS socket_wasi_ext)
  target_include_directories(
    socket_wasi_ext PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_LIST_DIR}/include> $<INSTALL_INTERFACE:include>)
endif()
