/* Fifty rounds of connecting, accepting, talking and closing, in different orders, end with the descriptors of the start. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    int door = listener(AF_INET), before = new_socket(AF_INET, SOCK_STREAM);
    close(before);
    for (int i = 0; i < 50; i++) {
        int client = new_socket(AF_INET, SOCK_STREAM);
        connect_to(client, door);
        int server = accept_one(door);
        must("send", send(client, "ping", 4, 0));
        must("recv", recv(server, room, 4, MSG_WAITALL));
        if (i % 3 == 0)
            reset(client);
        else
            close(client);
        if (i % 5 != 0)
            must("end", i % 3 == 0 ? 0 : recv(server, room, 4, 0));
        close(server);
    }
    int after = new_socket(AF_INET, SOCK_STREAM);
    printf("before %d, after %d\n", before, after);
    set_nonblocking(door, true);
    show("nobody is left", accept(door, NULL, NULL));
    return 0;
}
