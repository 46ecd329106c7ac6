/* select: what each set counts, in the states where they differ; sets that are written and sets that are not. */
#include "events.h"

#include <sys/select.h>

static void
look(const char *what, int fd)
{
    fd_set sets[3];
    struct timeval now = { 0, 0 };
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        FD_SET(fd, &sets[i]);
    }
    show(what, select(fd + 1, &sets[0], &sets[1], &sets[2], &now));
    printf("  %d %d %d\n", !!FD_ISSET(fd, &sets[0]), !!FD_ISSET(fd, &sets[1]), !!FD_ISSET(fd, &sets[2]));
}

int
main(void)
{
    check_start();
    look("fresh stream", new_socket(AF_INET, SOCK_STREAM));
    look("fresh datagram", new_socket(AF_INET6, SOCK_DGRAM));
    Pair pair = tcp_pair(AF_INET);
    look("connected", pair.client);
    must("shutdown", shutdown(pair.client, SHUT_WR));
    await(pair.server, POLLIN);
    look("the peer's end", pair.server);
    look("own end", pair.client);
    must("shutdown", shutdown(pair.server, SHUT_WR));
    await(pair.client, POLLHUP);
    look("both ends", pair.client);
    Pair other = tcp_pair(AF_INET);
    reset(other.server);
    await(other.client, POLLERR);
    look("reset", other.client);
    int door = listener(AF_INET);
    look("listening", door);
    int caller = new_socket(AF_INET, SOCK_STREAM);
    connect_to(caller, door);
    await(door, POLLIN);
    look("a connection waits", door);

    fd_set set, copy;
    struct timeval now = { 0, 0 };
    FD_ZERO(&set);
    FD_SET(door, &set);
    show("limit 0", select(0, &set, NULL, NULL, &now));
    print_yes("the set is as it was", FD_ISSET(door, &set));
    show("negative limit", select(-1, &set, NULL, NULL, &now));
    print_yes("the set is as it was", FD_ISSET(door, &set));
    /* Linux clears what lies beyond the limit in the last word it looks at, and leaves the words after that. */
    FD_SET(200, &set);
    show("no descriptor below the limit", select(door, &set, NULL, NULL, &now));
    printf("  %d %d\n", !!FD_ISSET(door, &set), !!FD_ISSET(200, &set));
    FD_CLR(200, &set);
    FD_SET(door, &set);
    FD_SET(caller, &set);
    close(caller);
    show("a closed one", select(caller + 1, &set, NULL, NULL, &now));
    print_yes("the set is as it was", FD_ISSET(door, &set) && FD_ISSET(caller, &set));
    FD_CLR(caller, &set);
    copy = set;
    show("one of it", select(door + 1, &copy, NULL, NULL, NULL));
    show("no sets", select(door + 1, NULL, NULL, NULL, &now));
    return 0;
}
