# Berkeley sockets for WASI programs. In a project's CMakeLists.txt:
#
#     include(path/to/guest/lib_socket_wasi.cmake)
#     target_link_libraries(my_program socket_wasi_ext)
#
# Defines the static library socket_wasi_ext (also berth::socket_wasi_ext), and socket_wasi_ext_original, which imports
# nothing but the original's functions and is built only if something links with it. It does not call project(), which would
# overwrite PROJECT_NAME and the like of the project that includes it; toolchain and flags are that project's.

if(NOT TARGET socket_wasi_ext)
  # For a project that has switched on C++ only.
  get_property(berth_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "C" IN_LIST berth_languages)
    enable_language(C)
  endif()
  unset(berth_languages)

  # One function family per file: a program gets the objects, and thereby the imports, of what it uses. A file in ext/ stands
  # in the first library for the one in the second that has its name.
  add_library(
    socket_wasi_ext STATIC
    ${CMAKE_CURRENT_LIST_DIR}/src/address.c
    ${CMAKE_CURRENT_LIST_DIR}/src/connection.c
    ${CMAKE_CURRENT_LIST_DIR}/src/descriptor.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/accept.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/bind.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/connect.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/control.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/descriptor_control.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/descriptor_control_duplicate.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/descriptor_control_flag.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/descriptor_control_io.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/epoll.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/interfaces.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/name.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/name_info.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/netdb_error.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/netdb_host.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/netdb_inet.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/netdb_protocol.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/netdb_service.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/option.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/poll.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/recv.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/recvmmsg.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/resolve.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/select.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/send.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/sendmmsg.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/socket.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/socketpair.c
    ${CMAKE_CURRENT_LIST_DIR}/src/ext/unix.c
    ${CMAKE_CURRENT_LIST_DIR}/src/gai_strerror.c
    ${CMAKE_CURRENT_LIST_DIR}/src/inet_bind.c
    ${CMAKE_CURRENT_LIST_DIR}/src/inet_connect.c
    ${CMAKE_CURRENT_LIST_DIR}/src/inet_socket.c
    ${CMAKE_CURRENT_LIST_DIR}/src/listen.c
    ${CMAKE_CURRENT_LIST_DIR}/src/message.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_option.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_recv.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_resolve.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_send.c)
  add_library(
    socket_wasi_ext_original STATIC EXCLUDE_FROM_ALL
    ${CMAKE_CURRENT_LIST_DIR}/src/accept.c
    ${CMAKE_CURRENT_LIST_DIR}/src/address.c
    ${CMAKE_CURRENT_LIST_DIR}/src/bind.c
    ${CMAKE_CURRENT_LIST_DIR}/src/connect.c
    ${CMAKE_CURRENT_LIST_DIR}/src/connection.c
    ${CMAKE_CURRENT_LIST_DIR}/src/descriptor.c
    ${CMAKE_CURRENT_LIST_DIR}/src/gai_strerror.c
    ${CMAKE_CURRENT_LIST_DIR}/src/inet_bind.c
    ${CMAKE_CURRENT_LIST_DIR}/src/inet_connect.c
    ${CMAKE_CURRENT_LIST_DIR}/src/inet_socket.c
    ${CMAKE_CURRENT_LIST_DIR}/src/listen.c
    ${CMAKE_CURRENT_LIST_DIR}/src/message.c
    ${CMAKE_CURRENT_LIST_DIR}/src/name.c
    ${CMAKE_CURRENT_LIST_DIR}/src/option.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_option.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_recv.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_resolve.c
    ${CMAKE_CURRENT_LIST_DIR}/src/plain_send.c
    ${CMAKE_CURRENT_LIST_DIR}/src/recv.c
    ${CMAKE_CURRENT_LIST_DIR}/src/resolve.c
    ${CMAKE_CURRENT_LIST_DIR}/src/send.c
    ${CMAKE_CURRENT_LIST_DIR}/src/socket.c)
  foreach(berth_name IN ITEMS socket_wasi_ext socket_wasi_ext_original)
    add_library(berth::${berth_name} ALIAS ${berth_name})
    target_include_directories(
      ${berth_name}
      PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_LIST_DIR}/include> $<INSTALL_INTERFACE:include>
      PRIVATE ${CMAKE_CURRENT_LIST_DIR}/src)
  endforeach()
  unset(berth_name)
endif()
