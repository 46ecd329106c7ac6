/* On a listener SHUT_WR changes nothing, SHUT_RD stops it; afterwards it can listen again. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    int client = new_socket(AF_INET, SOCK_STREAM);
    show("SHUT_WR", shutdown(door, SHUT_WR));
    connect_to(client, door);
    show_fd("accept", accept(door, &(Address){ 0 }.any, &(socklen_t){ sizeof(Address) }));
    show("SHUT_RDWR", shutdown(door, SHUT_RDWR));
    show_fd("accept", accept(door, &(Address){ 0 }.any, &(socklen_t){ sizeof(Address) }));
    show("SHUT_RDWR again", shutdown(door, SHUT_RDWR));
    show("listen", listen(door, 4));
    int second = new_socket(AF_INET, SOCK_STREAM);
    connect_to(second, door);
    show_fd("accept", accept(door, &(Address){ 0 }.any, &(socklen_t){ sizeof(Address) }));
    return 0;
}
