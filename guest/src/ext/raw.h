/*
 * The imports of the additional module `berth_socket_v1`, with their types. docs/abi.md says what each does.
 *
 * Every function returns a WASI errno, 0 for success, but `address_info` and `name_info`, which return an EAI_ code. Hosts
 * cannot tell a NULL from the address 0, so NULL is refused here, before they are asked. Times are nanoseconds, negative
 * for "for ever".
 *
 * Only the objects in this folder import them: a program that needs none of these runs on the original's host as well.
 */
#ifndef BERTH_SOCKET_EXT_RAW_H
#define BERTH_SOCKET_EXT_RAW_H

#include <stddef.h>
#include <stdint.h>

#define BERTH_V1(name) \
    __attribute__((__import_module__("berth_socket_v1"), __import_name__(#name), __warn_unused_result__))

/* Structures of the program's C library that pass as they are; their layouts are asserted where they are used. */
struct sockaddr;
struct msghdr;
struct mmsghdr;
struct pollfd;
struct epoll_event;

/* --- sockets and their names ---------------------------------------------------------------------------------------- */

int32_t berth_v1_socket(int32_t domain, int32_t type, int32_t protocol, int32_t *fd) BERTH_V1(socket);
int32_t berth_v1_socket_pair(int32_t domain, int32_t type, int32_t protocol, int32_t *fds) BERTH_V1(socket_pair);
int32_t berth_v1_bind(int32_t fd, const struct sockaddr *addr, uint32_t len) BERTH_V1(bind);
int32_t berth_v1_connect(int32_t fd, const struct sockaddr *addr, uint32_t len) BERTH_V1(connect);

/* `addr` may be NULL, then `len` is not looked at. */
int32_t berth_v1_accept(int32_t fd, int32_t flags, struct sockaddr *addr, uint32_t *len, int32_t *connection)
    BERTH_V1(accept);

#define BERTH_V1_OWN_NAME 0
#define BERTH_V1_PEER_NAME 1
int32_t berth_v1_get_name(int32_t fd, int32_t which, struct sockaddr *addr, uint32_t *len) BERTH_V1(get_name);

/* --- messages ------------------------------------------------------------------------------------------------------- */

int32_t berth_v1_send_message(int32_t fd, const struct msghdr *message, int32_t flags, uint32_t *sent)
    BERTH_V1(send_message);
int32_t berth_v1_receive_message(int32_t fd, struct msghdr *message, int32_t flags, uint32_t *received)
    BERTH_V1(receive_message);
int32_t berth_v1_send_messages(int32_t fd, struct mmsghdr *messages, uint32_t count, int32_t flags, uint32_t *sent)
    BERTH_V1(send_messages);
int32_t berth_v1_receive_messages(int32_t fd, struct mmsghdr *messages, uint32_t count, int32_t flags, int64_t timeout_ns,
                                  uint32_t *received) BERTH_V1(receive_messages);

/* --- options -------------------------------------------------------------------------------------------------------- */

int32_t berth_v1_get_option(int32_t fd, int32_t level, int32_t option, void *value, uint32_t *len) BERTH_V1(get_option);
int32_t berth_v1_set_option(int32_t fd, int32_t level, int32_t option, const void *value, uint32_t len)
    BERTH_V1(set_option);

/* --- readiness ------------------------------------------------------------------------------------------------------ */

int32_t berth_v1_poll(struct pollfd *fds, uint32_t count, int64_t timeout_ns, uint32_t *ready) BERTH_V1(poll);
int32_t berth_v1_epoll_create(int32_t flags, int32_t *fd) BERTH_V1(epoll_create);
int32_t berth_v1_epoll_control(int32_t epfd, int32_t operation, int32_t fd, const struct epoll_event *event)
    BERTH_V1(epoll_control);
int32_t berth_v1_epoll_wait(int32_t epfd, struct epoll_event *events, uint32_t room, int64_t timeout_ns, uint32_t *ready)
    BERTH_V1(epoll_wait);

/* --- descriptors ---------------------------------------------------------------------------------------------------- */

#define BERTH_V1_LOWEST_FROM 0
#define BERTH_V1_EXACTLY 1
int32_t berth_v1_duplicate(int32_t fd, int32_t number, int32_t how, int32_t *copy) BERTH_V1(duplicate);
int32_t berth_v1_io_control(int32_t fd, uint32_t request, void *argument) BERTH_V1(io_control);

/* --- names and interfaces ------------------------------------------------------------------------------------------- */

/* `hints` are four int32: flags, family, type, protocol. */
int32_t berth_v1_address_info(const char *node, const char *service, const int32_t *hints, void *room, uint32_t room_bytes,
                              uint32_t *used, uint32_t *error) BERTH_V1(address_info);
int32_t berth_v1_name_info(const struct sockaddr *addr, uint32_t len, char *host, uint32_t host_room, char *service,
                           uint32_t service_room, int32_t flags) BERTH_V1(name_info);
int32_t berth_v1_interfaces(void *room, uint32_t room_bytes, uint32_t *used) BERTH_V1(interfaces);

#undef BERTH_V1

#endif
