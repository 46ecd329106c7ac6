/* Descriptors are numbered from the lowest free one, also after a close and in accept. */
#include "check.h"

int
main(void)
{
    check_start();
    int fds[5];
    for (int i = 0; i < 5; i++)
        printf("socket: %d\n", fds[i] = new_socket(AF_INET, i % 2 ? SOCK_DGRAM : SOCK_STREAM));
    close(fds[1]);
    close(fds[3]);
    printf("after closing two: %d\n", new_socket(AF_INET6, SOCK_STREAM));
    printf("then: %d\n", new_socket(AF_INET6, SOCK_STREAM));
    printf("then: %d\n", new_socket(AF_INET6, SOCK_STREAM));
    must("bind", listen(fds[0], 4));
    Address to = local_address(fds[0]);
    to = loopback(AF_INET, port_of(&to));
    must("connect", connect(fds[2], &to.any, to.len));
    close(fds[1]);
    printf("accept: %d\n", accept_one(fds[0]));
    show("a failed socket takes none", socket(99, SOCK_STREAM, 0));
    set_nonblocking(fds[0], true);
    show("a failed accept takes none", accept(fds[0], NULL, NULL));
    printf("next: %d\n", new_socket(AF_INET, SOCK_STREAM));
    return 0;
}
