/* A buffer too short for an address gets what fits, and the true length is told; nothing after it is touched. */
#include "check.h"

static Address whole;
static Address got;
static socklen_t room;

static socklen_t *
prepare(void)
{
    got = empty_address();
    got.len = room;
    return &got.len;
}

static void
report(const char *what)
{
    socklen_t stored = room < whole.len ? room : whole.len;
    bool untouched = true;
    for (size_t i = stored; i < sizeof got.bytes; i++)
        untouched = untouched && got.bytes[i] == 0xee;
    /* Family and port are what both sides store in the same four bytes. */
    bool same = memcmp(got.bytes, whole.bytes, stored < 4 ? stored : 4) == 0;
    printf("  %s: %s length, %s, %s\n", what, got.len == whole.len ? "true" : "wrong", same ? "right" : "wrong",
           untouched ? "nothing else touched" : "overrun");
}

static void
run(int family)
{
    int door = listener(family), receiver = bound_udp(family), sender = bound_udp(family);
    socklen_t rooms[] = { 0, 1, 2, 4, 7, address_size(family) - 1, address_size(family), 100 };
    for (size_t i = 0; i < COUNT(rooms); i++) {
        room = rooms[i];
        printf("%s, room %s%d\n", family_name(family), i >= 5 && i < 7 ? "of the address " : "",
               i >= 5 && i < 7 ? (int)i - 6 : (int)room);
        whole = local_address(door);
        must("getsockname", getsockname(door, &got.any, prepare()));
        report("getsockname");
        int client = new_socket(family, SOCK_STREAM);
        connect_to(client, door);
        must("getpeername", getpeername(client, &got.any, prepare()));
        report("getpeername");
        whole = local_address(client);
        int server = (int)must("accept", accept(door, &got.any, prepare()));
        report("accept");
        close(client);
        close(server);
        whole = local_address(sender);
        Address to = local_address(receiver);
        must("sendto", sendto(sender, "x", 1, 0, &to.any, to.len));
        must("recvfrom", recvfrom(receiver, (char[4]){ 0 }, 4, 0, &got.any, prepare()));
        report("recvfrom");
    }
}

int
main(void)
{
    check_start();
    run(AF_INET);
    run(AF_INET6);
    return 0;
}
