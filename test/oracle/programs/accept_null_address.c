/* accept without an address to fill, and with the pointers it may leave out. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    for (int i = 0; i < 2; i++)
        connect_to(new_socket(AF_INET, SOCK_STREAM), door);
    socklen_t len = 77;
    int server = show_fd("accept(fd, NULL, NULL)", accept(door, NULL, NULL));
    show_fd("accept(fd, NULL, &len)", accept(door, NULL, &len));
    printf("len: %d\n", (int)len);
    show("send", send(server, "x", 1, 0));
    set_nonblocking(door, true);
    show("nobody is left", accept(door, NULL, NULL));
    return 0;
}
