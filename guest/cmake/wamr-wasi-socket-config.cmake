# find_package(wamr-wasi-socket): the guest library, either as it was installed or straight from Berth's sources.
#
# Targets, all the same library: socket_wasi_ext and wamr-wasi-socket (the names of the original), berth::socket_wasi_ext
# and wamr-wasi-socket::socket_wasi_ext (misspelt, these are an error instead of -lname). The other library, with the original's imports only, is
# berth::socket_wasi_ext_original and socket_wasi_ext_original.

if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/wamr-wasi-socket-targets.cmake)
  include(${CMAKE_CURRENT_LIST_DIR}/wamr-wasi-socket-targets.cmake) # installed
else()
  include(${CMAKE_CURRENT_LIST_DIR}/../lib_socket_wasi.cmake) # sources
endif()

foreach(berth_name IN ITEMS socket_wasi_ext wamr-wasi-socket wamr-wasi-socket::socket_wasi_ext)
  if(NOT TARGET ${berth_name})
    add_library(${berth_name} INTERFACE IMPORTED)
    target_link_libraries(${berth_name} INTERFACE berth::socket_wasi_ext)
  endif()
endforeach()
unset(berth_name)
if(NOT TARGET socket_wasi_ext_original)
  add_library(socket_wasi_ext_original INTERFACE IMPORTED)
  target_link_libraries(socket_wasi_ext_original INTERFACE berth::socket_wasi_ext_original)
endif()
